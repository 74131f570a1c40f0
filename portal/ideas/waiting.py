"""Waiting: how long how many wait for a word of staff on an idea that is not decided.

What is stored is votes for it (tallies without voters among them) times whole days since the last word of staff, or
since it was posted; 0 for what is decided, hidden, or had a word today. A word is a status, an official answer, or a
comment of staff.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.accounts.models import Person
from portal.activity.events import OfficialAnswerGiven, PostWritten, StatusChanged
from portal.activity.journal import hears
from portal.database import db
from portal.ideas.models import Idea, Status
from portal.ideas.standing import Meaning, meaning_of

PROMISED = (Status.PLANNED, Status.STARTED, Status.PARKED)
"""Statuses that mean alive, and are decisions all the same."""
_IDEA: Any = Idea.__table__
_DECIDED = sa.update(_IDEA).where(_IDEA.c.id == sa.bindparam("of")).values(waiting=0)


def is_undecided() -> sa.ColumnElement[bool]:
    """What must hold for a row of Idea about which nobody decided yet."""
    return sa.and_(is_no_decision(Idea.board_id, Idea.status), Idea.hidden_at.is_(None))


def is_no_decision(board_id: Any, status: Any) -> sa.ColumnElement[bool]:
    """Whether a status of a board is no decision yet, as an expression over two columns."""
    return sa.and_(status.not_in(PROMISED), meaning_of(board_id, status) == Meaning.ACTIVE)


def days_since(idea: Idea, today: date) -> int:
    """Whole days since the last word of staff on it."""
    return max((today - (idea.last_staff_word_at or idea.created_at).date()).days, 0)


def measure(ids: Collection[int], today: date) -> dict[int, int]:
    """What waits on each of these ideas, as of a day."""
    since = sa.func.coalesce(Idea.last_staff_word_at, Idea.created_at, type_=Idea.created_at.type)
    rows = sa.select(Idea.id, Idea.votes_up + Idea.imported_up, since, is_undecided())
    return {
        key: votes * max((today - word.date()).days, 0) if undecided else 0
        for key, votes, word, undecided in db.session.execute(rows.where(Idea.id.in_(ids)))
    }


def remeasure(ids: Collection[int], today: date) -> None:
    """Write what waits on each of these ideas."""
    values = [{"key": key, "waiting": waits} for key, waits in measure(ids, today).items()]
    if values:
        table: Any = sa.inspect(Idea).local_table
        moved = sa.update(table).where(table.c.id == sa.bindparam("key"))
        db.session.execute(moved.values(waiting=sa.bindparam("waiting")), values)


@hears(StatusChanged, OfficialAnswerGiven)
def note_decision(event: StatusChanged | OfficialAnswerGiven) -> None:
    """Who decides has said a word."""
    db.session.execute(_DECIDED, {"of": event.idea_id})
    idea = db.session.identity_map.get(db.session.identity_key(Idea, event.idea_id))
    if idea is not None:
        set_committed_value(idea, "waiting", 0)


@hears(PostWritten)
def note_comment(event: PostWritten) -> None:
    """A comment of staff is a word too."""
    by = db.session.get(Person, event.actor_id) if event.actor_id and event.idea_id else None
    if by is not None and by.is_staff:
        said = {"waiting": 0, "last_staff_word_at": clock.now()}
        db.session.execute(sa.update(Idea).where(Idea.id == event.idea_id).values(said))
