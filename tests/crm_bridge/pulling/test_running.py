"""Who pulls and when: the command, the worker, and whoever stops it."""

from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge import connecting, leasing
from portal.crm_bridge.models import DEFAULT, CrmConnection
from portal.crm_bridge.pulling import cli, rereading
from portal.crm_bridge.pulling.models import CrmCursor, CrmPulled
from portal.database import db
from tests.crm_bridge.pulling.conftest import ACME, facts, told


def test_whoever_stops_a_pull_at_any_step_loses_nothing(make, enters, pull, monkeypatch):
    monkeypatch.setattr("portal.crm_bridge.pulling.fetching.TOGETHER", 3)
    companies = [make.company() for _ in range(10)]
    for number, each in enumerate(companies):
        enters("account", {f"company:{each.id}": {"tier": f"T{number}"}})
    for steps in range(6):
        pull(steps=steps)
        assert db.session.get_one(CrmConnection, DEFAULT).lease_holder is None
    pull()
    assert [facts(each)[0] for each in companies] == [f"T{number}" for number in range(10)]
    assert len(told("company_changed")) == 10


def test_the_command_says_what_changes_and_a_dry_run_keeps_nothing(make, enters, run, rows, store):
    acme = make.company(name="Acme")
    enters("account", {f"company:{acme.id}": ACME})
    tried = run("crm", "pull", "--dry-run")
    assert "Acme: revenue nothing -> 480000" in tried.output
    assert "1 accounts read, 1 companies changed. Nothing was kept." in tried.output
    assert (rows(CrmPulled), rows(CrmCursor), facts(acme)[0]) == (0, 0, None)
    said = run("crm", "pull", "--connection", DEFAULT)
    assert (said.exit_code, "1 companies changed." in said.output) == (0, True)
    assert run("crm", "pull").output == "nothing changed.\n"
    made = run("crm", "connect", "files", "--vendor", "drop", "--set", f"folder={store.parent / 'drop'}")
    assert made.exit_code == 0, made.output
    nothing = run("crm", "pull", "--connection", "files")
    assert "There is nothing to read from files" in nothing.output
    run("crm", "pause")
    assert "is paused" in run("crm", "pull").output


def test_the_worker_reads_when_it_is_time_and_leaves_alone_what_is_paused_or_busy(
    make, enters, settings, rows, caplog
):
    acme = make.company()
    key = f"company:{acme.id}"
    ids = enters("account", {key: ACME})
    db.session.commit()

    def work():
        db.session.rollback()
        cli.pull_due(settings, lambda: False)
        return facts(acme)[0]

    def paused(value):
        db.session.execute(sa.update(CrmConnection).values(paused=value))
        db.session.commit()

    connecting.make_default()
    paused(True)
    assert work() is None
    paused(False)
    holder = leasing.take(DEFAULT)
    db.session.commit()
    assert (work(), "Another push is under way" in caplog.text) == (None, True)
    leasing.give_back(DEFAULT, holder)
    db.session.commit()
    assert work() == "Gold"
    enters("account", {key: {"tier": "Platinum"}})
    assert work() == "Gold"
    rereading.ask(DEFAULT, "account", [ids[key]])
    db.session.commit()
    assert work() == "Platinum"
    enters("account", {key: {"tier": "Silver"}})
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert work() == "Silver"
