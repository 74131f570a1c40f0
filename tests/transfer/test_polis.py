"""A Polis conversation comes in: one vote for each voter and idea, the last one counts."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.ideas.models import Idea
from portal.transfer.opening import opened
from portal.transfer.polis import importing
from portal.voting.models import Vote
from tests.transfer.dumping import everything

FOLDER = Path(__file__).parent / "data" / "polis"


def bring(path=FOLDER):
    with opened(path) as archive:
        report = importing.run(archive, "talk")
    db.session.commit()
    return report


def idea(key):
    return db.session.scalars(sa.select(Idea).filter_by(source_id=key)).one()


def test_the_last_vote_of_each_voter_counts_and_a_pass_is_none(app, rows):
    bring()
    assert (idea("0").votes_up, idea("0").votes_down) == (2, 0)
    assert (idea("1").votes_up, idea("1").votes_down) == (0, 1)
    assert rows(Vote, imported=True) == rows(Vote) == 3


def test_rejected_statements_are_hidden_and_text_is_harmless(app):
    bring()
    assert idea("1").is_hidden
    assert "<script" not in idea("2").body_html
    assert not idea("2").is_hidden


def test_voters_are_people_who_cannot_sign_in(app):
    bring()
    people = db.session.scalars(sa.select(Person)).all()
    assert {each.name for each in people} == {f"Participant {n}" for n in (1, 2, 3, 7, 8)}
    assert all(each.email is None and not each.crm_consent for each in people)


def test_rows_that_cannot_be_taken_are_named(app):
    assert bring().rows == [
        ("comments.csv", "line 5", "comment-body is missing"),
        ("comments.csv", "line 6", "timestamp is no usable number"),
        ("votes.csv", "line 11", "voter-id is no usable number"),
        ("votes.csv", "line 12", "vote is none of 1, 0, -1"),
        ("votes.csv", "1 on 9", "the statement is not there"),
    ]


def test_numbers_agree_and_a_second_import_changes_nothing(app, rows):
    bring()
    assert [each for each in audit_all() if each.differences] == []
    before = everything()
    assert not +bring().taken
    assert everything() == before
    assert rows(Entry, kind="content_imported") == 1


def test_a_dry_run_prints_the_result_and_writes_nothing(app, run):
    before = everything()
    said = run("transfer", "import", "polis", str(FOLDER), "--dry-run")
    assert "Votes now: 2 up and 1 down" in said.output
    assert everything() == before


@pytest.mark.parametrize(
    ("votes", "words"),
    [(b"a,b\n1,2\n", "has no column"), (b"\xff\xfe\x00", "cannot be read as UTF-8"), (b"", "has no column")],
)
def test_another_table_is_refused_and_nothing_is_written(app, run, tmp_path, votes, words):
    (tmp_path / "comments.csv").write_bytes((FOLDER / "comments.csv").read_bytes())
    (tmp_path / "votes.csv").write_bytes(votes)
    before = everything()
    said = run("transfer", "import", "polis", str(tmp_path))
    assert said.exit_code == 1
    assert words in said.output
    assert everything() == before


@pytest.mark.shared
def test_the_given_conversation_ends_at_its_true_totals(app, run, shared):
    said = run("transfer", "import", "polis", str(shared / "data/given/polis-biodiversity"))
    assert "Votes now: 19,229 up and 5,472 down" in said.output
    assert "536 people, 316 ideas, 24,701 votes" in said.output
    best = (
        sa.select(Idea.source_id, Idea.votes_up, Idea.votes_down)
        .order_by(Idea.score.desc(), Idea.id)
        .limit(3)
    )
    assert [tuple(row) for row in db.session.execute(best)] == [
        ("23", 312, 6),
        ("45", 304, 7),
        ("19", 303, 11),
    ]
    assert db.session.scalar(sa.select(sa.func.count()).where(Idea.hidden_at.is_not(None))) == 162
