"""Admins are told once what is wrong with a connection, and once that it is all right again; the numbers say how it is."""

import json
from datetime import timedelta

import pytest

from portal import clock
from portal.accounts import mailing
from portal.crm_bridge import breaking, connecting
from portal.crm_bridge.alarms import alarming
from portal.crm_bridge.alarms.models import Alarm
from portal.crm_bridge.connections import describing
from portal.crm_bridge.connections.jobs.models import CrmJob
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import CrmConnection, CrmDirty, CrmLink
from portal.database import db
from tests.factories import EPOCH

URL = "https://community.example/"


@pytest.fixture
def acme(app, cast):
    """A connection over which somebody waits since EPOCH."""
    connecting.make_default()
    row = CrmConnection(name="acme", vendor="memory", settings={"lag_minutes": "30"})
    db.session.add(row)
    db.session.flush()
    db.session.add(
        CrmDirty(connection="acme", entity="person", entity_id=cast.customer.id, first_dirty_at=EPOCH)
    )
    db.session.commit()
    return row


@pytest.fixture
def subjects(settings):
    """What admins were written since the last look."""
    seen = set(_letters(settings))

    def look():
        db.session.commit()
        mailing.deliver()
        new = [each for each in _letters(settings) if each not in seen]
        seen.update(new)
        lines = (line for path in new for line in path.read_text().splitlines())
        return [line.removeprefix("Subject: ") for line in lines if line.startswith("Subject: ")]

    return look


def _letters(settings):
    return sorted((settings.folder / "mail").glob("*.eml"))


def watch(minutes):
    with clock.at(EPOCH + timedelta(minutes=minutes)):
        alarming.watch(URL)
    db.session.commit()


def test_what_waits_too_long_is_told_once_and_so_is_its_end(acme, subjects, as_, cast):
    watch(29)
    assert subjects() == []
    watch(31)
    watch(90)
    assert subjects() == ["The CRM connection acme is behind"]
    page = as_(cast.admin).get("/admin/").get_data(as_text=True)
    assert "The CRM connection acme is behind" in page
    assert 'href="/crm/connections/acme"' in page
    assert "acme" not in as_(cast.product_manager).get("/admin/").get_data(as_text=True)
    db.session.query(CrmDirty).delete()
    watch(91)
    watch(92)
    assert subjects() == ["The CRM connection acme is all right again"]
    assert "acme" not in as_(cast.admin).get("/admin/").get_data(as_text=True)


def test_a_secret_that_ends_is_told_30_days_before_and_shown_until_another_is_given(
    acme, subjects, as_, cast, run
):
    given = [
        "--set",
        "url=https://acme.crm4.dynamics.com",
        "--set",
        "tenant=acme.example",
        "--set",
        "client_id=app",
    ]
    bad = run(
        "crm",
        "connect",
        "sales",
        "--vendor",
        "dataverse",
        *given,
        "--set",
        "client_secret=x",
        "--set",
        "secret_ends=soon",
    )
    assert "secret_ends must be a day such as 2027-03-01, not 'soon'." in bad.output
    said = run(
        "crm",
        "connect",
        "sales",
        "--vendor",
        "dataverse",
        *given,
        "--set",
        "client_secret=x",
        "--set",
        "secret_ends=2026-03-15",
    )
    assert said.exit_code == 0, said.output
    db.session.query(CrmDirty).delete()
    day = 24 * 60
    for minutes in (42 * day, 43 * day, 80 * day):
        watch(minutes)
        assert subjects() == (
            ["The secret of the CRM connection sales ends soon"] if minutes == 43 * day else []
        )
    assert "has a secret that ends soon" in as_(cast.admin).get("/admin/").text
    with clock.at(EPOCH + timedelta(days=50)):
        assert ("Days left of the secret", "23 days") in describing.facts(connecting.find("sales"))
    assert "it ended" in as_(cast.admin).get("/crm/connections/sales").text
    assert (
        run(
            "crm", "connect", "sales", "--set", "client_secret=y", "--set", "secret_ends=2027-03-15"
        ).exit_code
        == 0
    )
    watch(80 * day + 1)
    assert subjects() == ["The CRM connection sales is all right again"]


def test_one_that_is_paused_on_purpose_is_no_alarm(acme, subjects):
    acme.paused = True
    watch(600)
    assert subjects() == []


def test_who_is_not_let_in_reads_what_to_do_and_only_one_all_clear_comes(acme, subjects, settings):
    error = CrmError("Invalid token", permanent=False, auth=True)
    for _ in range(3):
        if breaking.failed("acme", error, wrote=False):
            alarming.raise_for("acme", error, URL)
    connecting.note_push("acme", {}, "The CRM did not take it: Invalid token")
    watch(600)
    assert subjects() == ["The CRM connection acme stopped: we are not let in"]
    text = _letters(settings)[-1].read_text()
    assert "Invalid token" in text
    assert "https://community.example/crm/connections/acme" in text.replace("=\n", "")
    breaking.got_through("acme", did_something=True)
    watch(601)
    assert subjects() == ["The CRM connection acme is behind"]
    connecting.note_push("acme", {"created": 1}, None)
    watch(602)
    db.session.query(CrmDirty).delete()
    watch(603)
    assert subjects() == ["The CRM connection acme is all right again"]
    assert not alarming.all_right("acme", URL)


def test_two_workers_tell_it_once(acme, subjects):
    told = [alarming.raise_alarm("acme", Alarm.STOPPED, "No answer", URL) for _ in range(2)]
    assert told == [True, False]
    assert len(subjects()) == 1


def test_the_numbers_of_a_connection(acme, run, as_, cast, at_most):
    for n, message in enumerate(["No such owner", "No such owner", "Too long"]):
        link = {"entity": "person", "entity_id": 100 + n, "remote_type": "contact", "state": "quarantined"}
        db.session.add(CrmLink(connection="acme", message=message, **link))
    found = {"records": 200, "drifted": 3, "fields": {"points": 3}, "lines": []}
    done = {"act": "drift", "at": EPOCH, "ended_at": EPOCH, "stage": "done", "found": found}
    db.session.add(CrmJob(connection="acme", **done))
    now = clock.now()
    acme.calls_on, acme.calls_used, acme.calls_limit = f"{now:%Y-%m-%d}", 12, 1_000
    acme.pushed_at = EPOCH
    db.session.query(CrmDirty).one().first_dirty_at = now - timedelta(minutes=45)
    db.session.commit()
    told = json.loads(run("crm", "status", "--connection", "acme", "--json").output)
    page = as_(cast.product_manager).get("/crm/connections/acme").get_data(as_text=True)
    assert told.pop("lag_seconds") // 60 == 45
    assert told == {
        "connection": "acme",
        "state": "Behind",
        "pending": 1,
        "retried": 0,
        "quarantined": {"No such owner": 2, "Too long": 1},
        "calls_used": 12,
        "calls_limit": 1000,
        "drift_percent": 1.5,
        "drift_at": EPOCH.isoformat(),
        "last_success_at": EPOCH.isoformat(),
    }
    for words in ("45 minutes", "No such owner", "1.5 %", "Behind"):
        assert words in page, words
    every = json.loads(run("crm", "status", "--json").output)
    assert [each["connection"] for each in every] == ["acme", "embedded"]
