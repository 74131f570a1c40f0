"""What becomes of a firing when somebody changes their mind, is erased, or the rule is deleted before it is done."""

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts import erasing
from portal.activity import journal
from portal.activity.events import StatusChanged
from portal.crm_bridge.rules import acting, cli, keeping
from portal.crm_bridge.rules.models import CrmFiring, FiringState
from portal.database import db
from portal.voting import casting
from tests.crm_bridge.rules.conftest import URL, read, said, send, states

WAITING, OPEN, DONE, DROPPED = FiringState.WAITING, FiringState.OPEN, FiringState.DONE, FiringState.DROPPED


def withdraw(person):
    person.crm_consent = False
    db.session.commit()


def erase(person):
    erasing.erase(person, by=None, reason="They asked us to.")
    db.session.commit()


def shipped(idea):
    journal.record(StatusChanged(actor_id=None, idea_id=idea.id, author_id=None, old="open", new="shipped"))
    read()


def test_for_an_account_a_colleague_stands_in_and_else_staff_do_it(on, agreed, make, gateway):
    on(said("status_changed", status="shipped"))
    idea, company = make.idea(), make.company(name="Northwind")
    first, second = agreed(company=company), agreed(company=company)
    for person in (first, second):
        casting.cast(idea, by=person, value=1)
    shipped(idea)
    withdraw(first)
    send(gateway)
    [task] = gateway.records.activities.values()
    assert task.contact.remote_id == f"c{second.id}"
    other = make.idea()
    casting.cast(other, by=second, value=1)
    shipped(other)
    erase(second)
    read()
    send(gateway)
    assert states() == [DONE, OPEN]
    assert (
        "nobody of this account agreed" in db.session.query(CrmFiring).order_by(CrmFiring.id).all()[1].failure
    )


@pytest.mark.parametrize("agrees", [True, False])
def test_who_is_erased_is_no_task_any_more(on, agreed, make, write, gateway, agrees):
    on(said(risk=True))
    person = agreed() if agrees else make.person()
    write(person, make.idea(), "We cancel.")
    read()
    assert states() == [WAITING if agrees else OPEN]
    erase(person)
    read()
    send(gateway)
    assert states() == [DROPPED]
    assert gateway.records.activities == {}


def test_deleting_a_rule_lets_go_of_what_it_has_not_done_and_switching_it_off_does_not(
    on, boss, agreed, make, write, gateway
):
    rules = [on(said(risk=True), "One"), on(said(risk=True), "Other")]
    write(agreed(), make.idea(), "We cancel.")
    read()
    keeping.delete(rules[0], by=boss)
    keeping.switch_off(rules[1], by=boss)
    db.session.commit()
    send(gateway)
    assert states() == [DROPPED, DONE]


def test_a_rule_that_says_something_else_now_still_does_what_it_said_then(
    on, boss, agreed, make, write, gateway
):
    rule = on(said(risk=True, note="Call them."))
    write(agreed(), make.idea(), "We cancel.")
    read()
    keeping.change(rule, "Another name", said("idea_submitted", then="case", note="Look."), by=boss)
    db.session.commit()
    send(gateway)
    [task] = gateway.records.activities.values()
    assert (task.kind, task.body, task.details["rule"]) == ("task", "Call them.", "Another name")


def test_a_mail_that_no_server_takes_is_sent_later_and_one_of_a_dead_process_again(
    on, boss, make, write, settings, monkeypatch
):
    on(said(risk=True, then="mail", person_id=boss.id))
    write(make.person(), make.idea(), "We cancel.")
    read()
    start = clock.now()
    took = iter([False, True])
    monkeypatch.setattr(cli.mailing, "deliver", lambda: next(took))
    _, letters = acting.act_on_some(URL)
    db.session.commit()
    assert len(letters) == 1
    for minutes, expected in ((5, WAITING), (11, WAITING), (12, WAITING), (14, DONE), (30, DONE)):
        with clock.at(start + timedelta(minutes=minutes)):
            cli.fire_waiting(settings, lambda: False)
        assert states() == [expected]
    one = db.session.query(CrmFiring).one()
    assert (next(took, "none left"), one.failure) == ("none left", None)
