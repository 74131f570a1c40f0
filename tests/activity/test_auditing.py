"""`flask activity audit` tells a wrong number from a right one, by its exit code too."""

import pytest
import sqlalchemy as sa

from portal.activity import auditing
from portal.ideas.models import Idea


@pytest.fixture
def audits(monkeypatch):
    """An empty register of audits for this test."""
    monkeypatch.setattr(auditing, "_audits", {})
    return auditing.audits


@pytest.fixture
def run(app):
    return lambda: app.test_cli_runner().invoke(args=["activity", "audit"])


def test_all_numbers_agree(audits, run):
    audits("nothing to say")(list)

    @audits("rows")
    def rows():
        yield from ()
        return 7

    result = run()
    assert result.exit_code == 0
    assert "ok  rows (7 rows)" in result.output
    assert "All numbers agree: 2 audits, 7 rows." in result.output


def test_a_difference_is_named_and_ends_with_1(audits, run):
    audits("fine")(list)
    audits("votes")(lambda: ["Idea 7: stored 3, counted 2"])
    result = run()
    assert result.exit_code == 1
    assert "WRONG  votes" in result.output
    assert "ok  fine" in result.output
    assert "Idea 7: stored 3, counted 2" in result.output


def test_only_the_first_twenty_differences_are_printed(audits, run):
    def endless():
        number = 0
        while True:
            number += 1
            yield f"difference {number}."

    audits("endless")(endless)
    result = run()
    assert "difference 20." in result.output
    assert "difference 21." not in result.output


def test_compare_yields_what_differs_and_counts_what_it_saw(audits, make):
    wrong = make.idea(votes_up=3)
    make.idea()
    make.idea()

    @audits("votes up of an idea")
    def votes():
        return auditing.compare("votes up", sa.select(Idea.id, Idea.votes_up, sa.literal(0)))

    [finding] = auditing.audit_all()
    assert finding.differences == [f"votes up of {wrong.id}: stored 3, counted 0"]
    assert finding.compared == 3


def test_an_audit_takes_no_write_lock(audits, app, make):
    """Somebody votes while the audit runs, and the audit still sees one state of the database."""
    import threading

    from portal.database import db

    board = make.board(name="Before")

    def write():
        with app.app_context():
            db.session.execute(sa.text("UPDATE board SET name = 'After'"))
            db.session.commit()

    @audits("names")
    def names():
        yield db.session.scalar(sa.text("SELECT name FROM board"))
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(10)
        yield db.session.scalar(sa.text("SELECT name FROM board"))

    [finding] = auditing.audit_all()
    assert finding.differences == ["Before", "Before"]
    db.session.refresh(board)
    assert board.name == "After"
