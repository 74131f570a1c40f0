"""The commands of the journal."""

import pytest

from portal import clock
from portal.activity import journal, reading
from portal.activity.events import IdeaEdited, StatusChanged
from portal.cli import UNREADY
from portal.database import db
from tests.activity.readers import Remembering
from tests.factories import EPOCH


@pytest.fixture
def run(app):
    """`run("log", "--since", …)` is `flask activity log --since …`."""

    def invoke(*args):
        db.session.commit()
        return app.test_cli_runner().invoke(args=["activity", *args])

    return invoke


@pytest.fixture(autouse=True)
def nobody_reads(monkeypatch):
    monkeypatch.setattr(reading, "readers", reading.Readers())
    monkeypatch.setattr("portal.activity.cli.readers", reading.readers)


def test_the_log_is_readable_and_narrows_by_person_and_time(run, cast):
    with clock.at(EPOCH):
        journal.record(IdeaEdited(actor_id=cast.customer.id, idea_id=7))
    journal.record(StatusChanged(actor_id=None, idea_id=7, author_id=None, old="open", new="planned"))
    lines = run("log").output.splitlines()
    assert lines[0].startswith("2026-01-01 00:00:00  #1  person 1  idea_edited  idea_id=7")
    assert lines[1].endswith('the system  status_changed  idea_id=7 author_id=null old="open" new="planned"')
    assert run("log", "--person", str(cast.customer.id)).output.splitlines() == lines[:1]
    assert run("log", "--since", "2026-01-02").output.splitlines() == lines[1:]
    assert run("log", "--limit", "1").output.splitlines() == lines[1:]


def test_catching_up_by_hand_and_the_status_of_readers(run, catch_up):
    reader = Remembering()
    reading.readers.register(reader)
    journal.record(IdeaEdited(actor_id=None, idea_id=7))
    assert run("status").output.startswith("remembering: 1 entries behind, the oldest of 20")
    catch_up()
    assert run("catch-up").output == "remembering: 0 entries\n"
    assert run("status").output == "remembering: 0 entries behind\n"


def test_catching_up_ends_with_1_when_a_reader_fails(run, catch_up):
    def fail():
        raise RuntimeError("no index")

    reading.readers.register(Remembering(after=fail))
    journal.record(IdeaEdited(actor_id=None, idea_id=7))
    with pytest.raises(AssertionError):
        catch_up()
    result = run("catch-up")
    assert result.exit_code == 1
    assert "remembering failed: RuntimeError: no index" in result.output
    assert "RuntimeError: no index" in run("status").output


@pytest.mark.parametrize("command", ["worker", "activity status"])
def test_a_command_on_an_unready_database_says_so(app, monkeypatch, command):
    for name in ("portal.cli.is_ready", "portal.activity.cli.is_ready"):
        monkeypatch.setattr(name, lambda: False)
    result = app.test_cli_runner().invoke(args=command.split())
    assert result.exit_code == 1
    assert UNREADY in result.output
