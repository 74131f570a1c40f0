"""The five ready-made rules, as a customer-success team meets them: each speaks once, of the right account."""

from collections import Counter
from contextlib import nullcontext
from datetime import timedelta

import pytest

from portal import clock
from portal.activity import journal
from portal.activity.events import ReputationChanged, StatusChanged
from portal.crm_bridge import leasing
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.rules import cli, keeping, offering
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, FiringState
from portal.database import db
from portal.voting import casting
from tests.crm_bridge.rules.conftest import read, said, states


@pytest.fixture
def ready(boss):
    for key in offering.READY:
        keeping.switch_on(keeping.take(key, by=boss), by=boss)
    db.session.commit()


def test_each_of_them_speaks_once_of_the_right_account(ready, make, agreed, ask, write, settings):
    start = clock.now()
    near = (start + timedelta(days=30)).date()
    top = make.company(tier="Enterprise", renews_on=near, owner="Petra Vance")
    small = make.company(tier="small", renews_on=(start + timedelta(days=300)).date())
    ines, tomas = agreed(company=top, reputation=90), agreed(company=small)
    wish, other = make.idea(title="Offline mode"), make.idea(title="Faster reports")
    for person in (ines, tomas):
        casting.cast(wish, by=person, value=1)
        write(person, wish, "We are switching to a competitor.")
        write(person, other, "The report is slow again.")
        ask(person)
    third = agreed()
    write(third, other, "It crashes.")
    ines.reputation += 20
    journal.record(ReputationChanged(actor_id=None, person_id=ines.id, points=20))
    journal.record(
        StatusChanged(actor_id=None, idea_id=wish.id, author_id=None, old="planned", new="shipped")
    )
    for hours in (1, 25, 26):
        with clock.at(start + timedelta(hours=hours)):
            read()
            cli.fire_waiting(settings, lambda: False)
    fired = db.session.query(CrmRule.ready, CrmFiring.subject, CrmFiring.act).join(CrmFiring.rule).all()
    assert Counter(map(tuple, fired)) == Counter(
        [
            ("unanswered", f"person:{ines.id}", "task"),
            ("shipped", f"company:{top.id}", "task"),
            ("shipped", f"company:{small.id}", "task"),
            ("at_risk", f"person:{ines.id}", "task"),
            ("advocate", f"person:{ines.id}", "task"),
            ("complaints", f"person:{third.id}", "case"),
        ]
    )


def test_while_another_worker_sends_the_task_waits_and_is_sent_once(
    on, agreed, make, write, gateway, settings, monkeypatch
):
    gateway.notes = []
    monkeypatch.setattr(cli.connecting, "opened", lambda *_: nullcontext(gateway))
    on(said(risk=True))
    write(agreed(), make.idea(), "We cancel.")
    read()
    holder = leasing.take(DEFAULT)
    db.session.commit()
    cli.fire_waiting(settings, lambda: False)
    assert states() == [FiringState.WAITING]
    db.session.rollback()
    leasing.give_back(DEFAULT, holder)
    db.session.commit()
    cli.fire_waiting(settings, lambda: False)
    assert states() == [FiringState.DONE]
    assert len(gateway.records.activities) == 1
