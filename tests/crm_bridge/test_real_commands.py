"""The commands against a real CRM, as somebody would who connects one; and pushes that are killed."""

import random
import signal
import time

import pytest
import sqlalchemy as sa

from crms.making import CRMS
from portal.crm_bridge import connecting
from portal.crm_bridge.models import CrmLink
from portal.database import db
from portal.voting import casting
from tests.crm_bridge.conftest import PLANNED, spoken

pytestmark = pytest.mark.only_on("sqlite")
REAL = [pytest.param(name, marks=pytest.mark.real_crm(name)) for name in CRMS]
NAMED = ("--connection", "real")
KILLS = 4


@pytest.fixture(params=REAL)
def vendor(request):
    return request.param


@pytest.fixture
def secrets(vendor, real_crm, run):
    """The portal is connected to an empty CRM under the name `real`; what must be shown nowhere."""
    settings = real_crm(vendor)
    pairs = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    said = run("crm", "connect", "real", "--vendor", vendor, "--private", *pairs)
    assert said.exit_code == 0, said.output
    return {settings[name] for name in ("token", "password") if name in settings}


def join(consenting, company, ideas, people):
    """So many people of the company more, each with a vote on every idea."""
    made = [consenting(company=company) for _ in range(people)]
    for idea in ideas:
        for who in made:
            casting.cast(idea, by=who, value=1)
    db.session.commit()
    return made


def there(settings):
    """Our ids of all that the CRM holds, sorted."""
    connection = connecting.find("real")
    db.session.rollback()
    with connecting.opened(connection, settings) as gateway:
        records = [
            each.ref.external_id
            for kind in ("account", "contact", "vote")
            for each in gateway.fetch_changed(kind, "", 10_000).records
        ]
    db.session.rollback()
    return sorted(records)


def test_from_connecting_to_reading_back(vendor, secrets, make, consenting, run):
    join(consenting, make.company(), [make.idea(), make.idea()], 3)
    missing = run("crm", "schema", "--check", *NAMED)
    assert (missing.exit_code, "community_points" in missing.output) == (
        (1, True) if vendor == "bottlecrm" else (0, False)
    )
    assert run("crm", "schema", "--apply", *NAMED).exit_code == 0
    planned = run("crm", "plan", *NAMED).output
    assert "10 to create, 0 to adopt, 0 to update, 0 to erase; 0 equal" in planned
    pushed = run("crm", "push", *NAMED)
    assert (pushed.exit_code, "10 created, 0 updated" in pushed.output) == (0, True), pushed.output
    drift = run("crm", "drift", *NAMED)
    assert "10 records read back.\nEverything is as it was written." in drift.output
    assert "0 created, 0 updated, 10 equal" in run("crm", "push", *NAMED).output
    status = run("crm", "status", *NAMED).output
    for said in (planned, pushed.output, drift.output, status):
        assert not [each for each in secrets if each in said]


def test_pushes_that_are_killed_leave_nothing_twice_and_nothing_out(
    secrets, make, consenting, settings, run, launch
):
    company, ideas = make.company(), [make.idea(), make.idea()]
    people = join(consenting, company, ideas, 1)
    flask, chance, killed = launch(spoken(settings), PLANNED), random.Random(), 0
    assert flask.start("crm", "push", *NAMED).end() == 0
    # How long the shortest of them takes; those that are killed have more to do.
    people[0].name = "Renamed first"
    db.session.commit()
    began = time.monotonic()
    assert flask.start("crm", "push", *NAMED).end() == 0
    takes = time.monotonic() - began
    people += join(consenting, company, ideas, 5)
    for number in range(KILLS):
        people[number % 6].name = f"Renamed {number}"
        ideas[number % 2].title = f"Other words {number}"
        db.session.commit()
        push = flask.start("crm", "push", *NAMED)
        # Any moment will do; there is nothing to wait for.
        time.sleep(chance.uniform(0.2, 1) * takes)
        push.kill()
        killed += push.end() == -signal.SIGKILL
        # The ledger forgets somebody, as after a restore.
        db.session.execute(sa.delete(CrmLink).where(CrmLink.entity_id == people[number % 6].id))
        db.session.commit()
    assert killed > KILLS // 2, "the pushes ended before they could be killed"
    assert run("crm", "push", *NAMED).exit_code == 0
    company = f"company:{people[0].company_id}"
    votes = [f"vote:{idea.id}:{who.id}" for idea in ideas for who in people]
    assert there(settings) == sorted([company, *(f"person:{each.id}" for each in people), *votes])
    drift = run("crm", "drift", *NAMED)
    assert "19 records read back.\nEverything is as it was written." in drift.output, drift.output
    assert "0 to create, 0 to adopt, 0 to update, 0 to erase; 19 equal" in run("crm", "plan", *NAMED).output
