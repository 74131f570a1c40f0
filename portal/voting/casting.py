"""Casting and withdrawing a vote, on an idea or on an answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import AnswerVoted, AnswerVoteWithdrawn, VoteCast, VoteWithdrawn
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.voting import queries, ranking
from portal.voting.models import Vote

RANKED = ("hot", "imported_hot", "half_life", "takes_votes_against", "status", "locked_at")
SEEN = ("votes_up", "votes_down", "hidden_at")


_checks: dict[str, Callable[[Any, Person], None]] = {}


def ask_before(kind: str, check: Callable[[Any, Person], None]) -> None:
    """Before a vote on a thing of this kind ("idea") is cast, `check` may raise NotAllowed for the voter."""
    _checks[kind] = check


def cast(votable: Any, *, by: Person, value: int = 1) -> bool:
    """Record that a person is for (1) or against (-1) an idea or an answer; True when that changed something.

    A vote that says the opposite is taken back first. Raises Conflict when no votes are taken now, NotAllowed
    for one's own answer or where the board takes no votes against, Unusable for another value.
    """
    _hold(votable)
    _refuse(votable, by, value)
    if check := _checks.get(str(votable.__tablename__)):
        check(votable, by)
    at = clock.now()
    vote = {"person_id": by.id, _subject(votable): votable.id}
    try:
        with db.session.begin_nested():
            db.session.execute(sa.insert(Vote).values(value=value, cast_at=at, **vote))
    except IntegrityError:
        turned = sa.update(Vote).filter_by(**vote).where(Vote.value != value).values(value=value, cast_at=at)
        if not db.session.execute(turned.returning(Vote.id)).first():
            return False
        _count(votable, at, taken=-value, given=value)
        _tell(votable, by, -value, withdrawn=True)
    else:
        _count(votable, at, given=value)
    _tell(votable, by, value)
    return True


def withdraw(votable: Any, *, by: Person) -> bool:
    """Take a person's vote back; True when there was one. Raises Conflict when votes are closed."""
    _hold(votable)
    _refuse_when_closed(votable)
    gone = sa.delete(Vote).filter_by(person_id=by.id, **{_subject(votable): votable.id})
    value = db.session.scalar(gone.returning(Vote.value))
    if value is None:
        return False
    _count(votable, clock.now(), taken=value)
    _tell(votable, by, value, withdrawn=True)
    return True


def _subject(votable: Any) -> str:
    return f"{votable.__tablename__}_id"


def _is_ranked(votable: Any) -> bool:
    return hasattr(type(votable), "hot")


def _hold(votable: Any) -> None:
    """Read the row as it is now and keep others from changing it until the end of the transaction.

    On PostgreSQL by a row lock; on SQLite the transaction holds the write lock already.
    """
    names = SEEN + RANKED if _is_ranked(votable) else SEEN
    db.session.refresh(votable, names, with_for_update=True)


def _refuse(votable: Any, by: Person, value: int) -> None:
    if value not in (1, -1):
        raise Unusable("A vote is either for or against.")
    _refuse_when_closed(votable)
    if not _is_ranked(votable):
        if votable.is_by(by):
            raise NotAllowed("You cannot vote on your own answer. Let others say whether it helped.")
    elif value < 0 and not votable.takes_votes_against:
        raise NotAllowed("This board takes no votes against. Say in a comment what speaks against it.")


def _refuse_when_closed(votable: Any) -> None:
    if _is_ranked(votable):
        if not votable.takes_votes:
            raise Conflict(f"{votable.why_no_votes} You can still read it.")
    elif votable.topic_id is None:
        raise Conflict("Comments on an idea take no votes: vote on the idea itself.")
    elif votable.is_hidden:
        raise Conflict("This answer is hidden and takes no votes.")


def _count(votable: Any, at: datetime, *, given: int = 0, taken: int = 0) -> None:
    kind = type(votable)
    values: dict[str, Any] = {}
    for value, step in ((given, 1), (taken, -1)):
        if value:
            name = "votes_up" if value > 0 else "votes_down"
            values[name] = getattr(kind, name) + step
    if _is_ranked(votable):
        values["hot"] = _rank(votable, at, given, taken)
    counted = sa.update(kind).where(kind.id == votable.id).values(values)
    shown = (kind.votes_up, kind.votes_down, kind.score)
    row = db.session.execute(
        counted.returning(*shown), execution_options={"synchronize_session": False}
    ).one()
    for column, number in zip(shown, row, strict=True):
        set_committed_value(votable, column.key, number)
    if "hot" in values:
        set_committed_value(votable, "hot", values["hot"])


def _rank(idea: Any, at: datetime, given: int, taken: int) -> float:
    """A vote for it is added to what is stored; whatever else happened, the rows say."""
    if given == 1 and not taken and not idea.votes_down:
        return ranking.with_vote(idea.hot, at, idea.half_life)
    return ranking.of_votes(queries.dated_values(idea.id), idea.half_life, imported_hot=idea.imported_hot)


def _tell(votable: Any, by: Person, value: int, *, withdrawn: bool = False) -> None:
    common = {"actor_id": by.id, "author_id": votable.author_id, "value": value}
    if _is_ranked(votable):
        idea_event = VoteWithdrawn if withdrawn else VoteCast
        journal.record(idea_event(idea_id=votable.id, **common))
    else:
        answer_event = AnswerVoteWithdrawn if withdrawn else AnswerVoted
        journal.record(answer_event(post_id=votable.id, topic_id=votable.topic_id, **common))
