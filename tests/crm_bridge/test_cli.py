"""`flask crm`: what it says, and what it leaves alone."""

import csv
import sqlite3

import pytest

from portal.activity.models import Entry
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmLink
from portal.database import db


@pytest.fixture
def community(make, consenting, vote, store):
    """Ines agreed and voted; Tomas did not."""
    ines = consenting(name="Ines Duarte", reputation=10, company=make.company(name="Northwind"))
    tomas = make.person(name="Tomas Lind")
    idea = make.idea(title="Offline mode", author=tomas)
    vote(ines, idea)
    vote(tomas, idea)
    return ines, tomas, idea


def everything_stored():
    """All rows of the database, in words."""
    return {
        table.name: db.session.execute(table.select().order_by(*table.primary_key)).all()
        for table in db.metadata.sorted_tables
    }


def in_store(path):
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())


def test_plan_says_what_a_push_would_do_and_does_nothing(run, community, store):
    ines, tomas, idea = community
    before = everything_stored()
    result = run("crm", "plan")
    assert result.exit_code == 0
    assert f"create  contact  person:{ines.id}\n" in result.output
    assert f"create  vote     vote:{idea.id}:{ines.id}\n" in result.output
    assert f"skip    contact  person:{tomas.id}: no consent\n" in result.output
    assert "In all: 3 to create, 0 to adopt, 0 to update, 0 to erase; 0 equal; 1 skipped." in result.output
    assert "skipped, no consent: 1" in result.output
    assert everything_stored() == before
    assert not store.exists()


def test_plan_shows_the_fields_of_an_update_and_leaves_the_store_alone(run, community, store):
    ines, _, _ = community
    run("crm", "push")
    ines.reputation, ines.name = 25, "Ines D."
    db.session.commit()
    rows, records = everything_stored(), in_store(store)
    result = run("crm", "plan")
    line = f"update  contact  person:{ines.id}: name 'Ines Duarte' -> 'Ines D.', points 10 -> 25\n"
    assert line in result.output
    assert "0 to create, 0 to adopt, 1 to update, 0 to erase; 2 equal" in result.output
    assert (everything_stored(), in_store(store)) == (rows, records)


def test_plan_prints_only_so_many_lines_unless_asked(run, community, monkeypatch):
    monkeypatch.setattr("portal.crm_bridge.cli.LINES", 2)
    short = run("crm", "plan").output
    assert short.count("create  ") == 2
    assert "--all prints every line" in short
    assert run("crm", "plan", "--all").output.count("create  ") == 3


def test_push_says_what_it_did_and_then_has_nothing_to_do(run, community):
    assert run("crm", "push").output.splitlines()[-1] == "3 created, 0 updated, 1 skipped."
    assert run("crm", "push").output.splitlines()[-1] == "0 created, 0 updated, 3 equal, 1 skipped."


def test_push_says_no_while_it_is_paused(run, community):
    assert run("crm", "pause").output == "embedded is paused.\n"
    result = run("crm", "push")
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith("Error: The connection embedded is paused.")
    assert run("crm", "resume").exit_code == 0
    assert run("crm", "push").exit_code == 0


def test_push_ends_with_1_and_says_so_when_the_store_cannot_be_used(run, community, store):
    store.mkdir()
    result = run("crm", "push")
    store.rmdir()
    assert result.exit_code == 1
    assert "The CRM did not take it: The store crm.sqlite: unable to open database file" in result.output
    assert "Nothing is lost" in result.output
    connection = db.session.get_one(CrmConnection, DEFAULT)
    assert "unable to open" in connection.failure
    assert connection.lease_holder is None
    assert run("crm", "push").exit_code == 0
    assert db.session.get_one(CrmConnection, DEFAULT).failure is None


def test_waiting_sends_only_what_is_marked(run, community, rows):
    result = run("crm", "push", "--waiting")
    assert result.output.splitlines()[-1].startswith("3 created")
    assert run("crm", "push", "--waiting").output.splitlines()[-1] == "0 created, 0 updated."


def test_a_connection_that_is_not_there_is_said_with_those_that_are(run, app):
    result = run("crm", "plan", "--connection", "salesforce")
    assert (result.exit_code, result.output) == (
        1,
        "Error: There is no CRM connection 'salesforce'. There is: embedded.\n",
    )


def change_there(path, statement, *values):
    with sqlite3.connect(path) as connection:
        connection.execute(statement, values)


def test_drift_finds_nothing_after_a_push(run, community):
    run("crm", "push")
    result = run("crm", "drift")
    assert (result.exit_code, result.output) == (
        0,
        "3 records read back.\nEverything is as it was written.\n",
    )


def test_drift_names_records_and_fields_and_repairs_them_when_asked(run, community, store):
    ines, _, idea = community
    run("crm", "push")
    change_there(store, "UPDATE contact SET points = 7, name = ''")
    change_there(store, "DELETE FROM vote")
    result = run("crm", "drift", "--repair")
    assert result.exit_code == 1
    assert f"contact  person:{ines.id} differs: name 'Ines Duarte' -> '', points 10 -> 7\n" in result.output
    assert f"vote     vote:{idea.id}:{ines.id} is not there\n" in result.output
    assert "Differences: name 1, points 1, is not there 1" in result.output
    assert run("crm", "push").exit_code == 0
    assert run("crm", "drift").exit_code == 0


def test_drift_finds_who_was_erased_and_is_there_again(run, community, store):
    ines, _, _ = community
    run("crm", "push")
    ines.crm_consent = False
    run("crm", "push")
    risen = "INSERT INTO contact (external_id, seq, version, changed_at) VALUES (?, 1, 1, '')"
    change_there(store, risen, f"person:{ines.id}")
    result = run("crm", "drift")
    assert result.exit_code == 1
    assert f"contact  person:{ines.id} is there, but was erased\n" in result.output


def test_export_writes_guarded_cells_and_the_journal_knows(run, community, tmp_path, rows):
    ines, _, _ = community
    ines.name = "=HYPERLINK(1)"
    run("crm", "push")
    path = tmp_path / "records.csv"
    result = run("crm", "export", str(path))
    assert result.output == f"1 customer records written to {path}.\n"
    with path.open(encoding="utf-8-sig", newline="") as file:
        [line] = csv.DictReader(file)
    assert line["community_id"] == f"person:{ines.id}"
    assert line["name"] == "'=HYPERLINK(1)"
    assert (line["points"], line["votes"]) == ("10", "1")
    entry = db.session.query(Entry).filter_by(kind="customer_records_exported").one()
    assert (entry.actor_id, entry.data) == (None, {"connection": "embedded", "people": 1})


def test_retry_sends_what_was_refused_before(run, community):
    run("crm", "push")
    link = db.session.query(CrmLink).filter_by(entity="person").one()
    link.state, link.last_hash, link.message = "quarantined", None, "No"
    db.session.commit()
    assert "1 updated" in run("crm", "push", "--retry").output
    assert db.session.query(CrmLink).filter_by(state="done").count() == 3
