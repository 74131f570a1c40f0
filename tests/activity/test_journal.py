"""An act and its entry are one transaction, with everybody who listens."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from portal.activity import journal
from portal.activity.events import IdeaEdited, IdeaSubmitted, VoteCast
from portal.activity.models import Entry
from portal.database import db
from portal.ideas.models import Board


@contextmanager
def listening(listener, *kinds):
    """Let a listener hear for the time of the block."""
    journal.hears(*kinds)(listener)
    try:
        yield
    finally:
        for kind in kinds:
            journal._listeners[kind].remove(listener)


def test_an_entry_says_who_what_and_when(make, cast):
    idea = make.idea()
    entry_id = journal.record(VoteCast(actor_id=cast.customer.id, idea_id=idea.id, author_id=None, value=1))
    db.session.commit()
    entry = db.session.get(Entry, entry_id)
    assert (entry.kind, entry.actor_id) == ("vote_cast", cast.customer.id)
    said = {"idea_id": idea.id, "author_id": None, "value": 1}
    assert entry.data == said | {"weight": 1, "importance": None}
    assert entry.at.tzinfo is not None


def test_what_is_rolled_back_was_never_recorded(make, rows):
    journal.record(IdeaEdited(actor_id=None, idea_id=make.idea().id))
    db.session.rollback()
    assert rows(Entry) == 0


def test_listeners_act_in_the_same_transaction_and_see_the_rows(make, rows):
    idea = make.idea(title="As it was")
    heard = []

    def listener(event):
        heard.append(event)
        db.session.execute(sa.text("UPDATE idea SET title = 'As heard'"))

    with listening(listener, IdeaSubmitted):
        journal.record(IdeaSubmitted(actor_id=None, idea_id=idea.id))
    assert heard == [IdeaSubmitted(actor_id=None, idea_id=idea.id)]
    db.session.rollback()
    db.session.refresh(idea)
    assert (idea.title, rows(Entry)) == ("As it was", 0)


def test_a_listener_that_fails_takes_the_act_back(make, rows):
    idea = make.idea(title="As it was")

    def listener(_event):
        raise RuntimeError("no points today")

    idea.title = "As it should not become"
    with listening(listener, IdeaEdited), pytest.raises(RuntimeError, match="no points"):
        journal.record(IdeaEdited(actor_id=None, idea_id=idea.id))
    db.session.rollback()
    assert (idea.title, rows(Entry)) == ("As it was", 0)


def test_a_listener_hears_only_what_it_asked_for(make):
    heard = []
    with listening(heard.append, IdeaEdited):
        journal.record(IdeaSubmitted(actor_id=None, idea_id=make.idea().id))
    assert heard == []


def test_the_event_has_its_id_before_listeners_look(make, cast):
    """A thing that was only added to the session is flushed before its event is told."""
    seen = []
    with listening(
        lambda event: seen.append(db.session.scalar(sa.text("SELECT name FROM board"))), IdeaEdited
    ):
        db.session.add(Board(name="Just added", created_at=cast.company.created_at))
        journal.record(IdeaEdited(actor_id=None, idea_id=1))
    assert seen == ["Just added"]


@pytest.mark.parametrize("bulk", [False, True])
def test_every_way_in_sets_the_transaction(app, bulk, database_kind, rows):
    """A bulk insert that left `xid` at 0 on PostgreSQL would be before every position: nobody would read it."""
    if bulk:
        at = sa.func.current_timestamp()
        lines = [{"kind": "x", "data": {}, "actor_id": None} for _ in range(3)]
        db.session.execute(sa.insert(Entry).values(at=at), lines)
    else:
        journal.record(IdeaEdited(actor_id=None, idea_id=1))
    xids = set(db.session.scalars(sa.select(Entry.xid)))
    if database_kind == "postgresql":
        assert xids == {db.session.scalar(sa.text("SELECT pg_current_xact_id()::text::bigint"))}
    else:
        assert xids == {0}


def test_the_order_of_reading_has_an_index(app):
    indexes = {tuple(each["column_names"]) for each in sa.inspect(db.engine).get_indexes("entry")}
    assert ("xid", "id") in indexes
