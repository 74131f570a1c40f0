"""Casting and withdrawing a vote, on an idea or on an answer."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import (
    AnswerVoted,
    AnswerVoteWithdrawn,
    VoteCast,
    VoteChanged,
    VoteTakenOver,
    VoteWithdrawn,
)
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.voting import budgeting, carrying, holding, queries
from portal.voting.counting import Ballot, count, holds_ranks
from portal.voting.models import Vote
from portal.voting.ruling import IMPORTANCE

RANKED = (
    "hot",
    "imported_hot",
    "status",
    "written_status",
    "locked_at",
    "board_id",
    "merged_into_id",
    "sources",
    "is_asked",
    "helped",
)
SEEN = ("votes_up", "votes_down", "hidden_at")

_TABLE: Any = Vote.__table__
_INSERT = sa.insert(_TABLE)
_UPDATE = sa.update(_TABLE).where(_TABLE.c.id == sa.bindparam("its"))
_DELETE = {
    name: sa.delete(Vote)
    .where(Vote.person_id == sa.bindparam("voter"), getattr(Vote, f"{name}_id") == sa.bindparam("subject"))
    .returning(Vote.value, Vote.weight, Vote.importance)
    .execution_options(synchronize_session="fetch")
    for name in ("idea", "post")
}
_checks: dict[str, Callable[[Any, Person], None]] = {}


def ask_before(kind: str, check: Callable[[Any, Person], None]) -> None:
    """Before a vote on a thing of this kind ("idea") is cast, `check` may raise NotAllowed for the voter."""
    _checks[kind] = check


def cast(
    votable: Any, *, by: Person, value: int = 1, weight: int | None = None, importance: int | None = None
) -> bool:
    """Record that a person is for (1) or against (-1) an idea or an answer; True when that changed something.

    `weight` is how many of the board's votes go into it, `importance` 1 to 3 how much it matters; None leaves
    either as it is. A vote that says the opposite is taken back first. Raises Conflict when no votes are taken
    now or too few are left, NotAllowed for one's own answer or where the board takes no votes against, Unusable
    for what cannot be a vote here.
    """
    hold(votable)
    _refuse(votable, by, value)
    had = queries.own_vote(by, votable)
    before = Ballot.of(had)
    wanted = _wanted(votable, before, value, weight, importance)
    if before == wanted:
        return False
    if holds_ranks(votable):
        budgeting.refuse_overspending(votable, by, had, wanted)
    at, was_added = clock.now(), had is not None and had.is_for_a_customer
    _write(votable, by, had, wanted, at)
    # The vote that counts may have been cast on an idea that was merged into this one.
    own_id, turned = (had.idea_id if had else None) or votable.id, set[int]()
    if had is not None and holds_ranks(votable) and votable.sources:
        turned = carrying.agree(votable, had, wanted, at)
    else:
        count(votable, at, by=by, given=wanted, taken=before)
    _tell(votable, by, before, wanted, {own_id} | turned)
    if was_added and wanted.value > 0:
        tell_taken_over(votable, own_id, by)
    return True


def withdraw(votable: Any, *, by: Person) -> bool:
    """Take a person's vote back; True when there was one. Raises Conflict when votes are closed."""
    hold(votable)
    refuse_when_closed(votable)
    if holds_ranks(votable) and votable.sources:
        return _withdraw_all(votable, by)
    mine = {"voter": by.id, "subject": votable.id}
    row = db.session.execute(_DELETE[votable.__tablename__], mine).first()
    if row is None:
        return False
    gone = Ballot(*row)
    count(votable, clock.now(), by=by, taken=gone)
    _tell(votable, by, gone, None, {votable.id})
    return True


def _withdraw_all(idea: Any, by: Person) -> bool:
    """Whoever takes back a vote on an idea takes back those that it counts for too: they are one vote now."""
    gone = carrying.take_back(idea, person_id=by.id)
    for value, author_id, idea_id in gone:
        journal.record(VoteWithdrawn(actor_id=by.id, idea_id=idea_id, author_id=author_id, value=value))
    return bool(gone)


def hold(votable: Any) -> None:
    """Read the row and its board as they are now, and keep others from changing the row until the end.

    On PostgreSQL by row locks, also on those that an idea counts for; on SQLite the transaction holds the write
    lock already. Whoever holds it is the only one who changes votes on it. Raises Conflict when an idea was merged
    or parted at the same moment.
    """
    if not holds_ranks(votable):
        db.session.refresh(votable, SEEN, with_for_update=True)
        return
    holding.hold([votable], SEEN + RANKED)
    budgeting.read_rules(votable)


def refuse_when_closed(votable: Any) -> None:
    """Raise Conflict unless votes are taken now. The votable is held."""
    if holds_ranks(votable):
        if not votable.takes_votes:
            raise Conflict(f"{votable.why_no_votes} You can still read it.")
    elif votable.topic_id is None:
        raise Conflict("Comments on an idea take no votes: vote on the idea itself.")
    elif votable.is_hidden:
        raise Conflict("This answer is hidden and takes no votes.")


def _refuse(votable: Any, by: Person, value: int) -> None:
    if value not in (1, -1):
        raise Unusable("A vote is either for or against.")
    refuse_when_closed(votable)
    if not holds_ranks(votable):
        if votable.is_by(by):
            raise NotAllowed("You cannot vote on your own answer. Let others say whether it helped.")
    elif value < 0 and not votable.board.votes_against:
        raise NotAllowed("This board takes no votes against. Say in a comment what speaks against it.")
    if check := _checks.get(str(votable.__tablename__)):
        check(votable, by)


def _wanted(
    votable: Any, before: Ballot | None, value: int, weight: int | None, importance: int | None
) -> Ballot:
    """The vote as it shall be. What is not said stays, unless the vote turns round."""
    same = before if before is not None and before.value == value else None
    weight = weight if weight is not None else (same.weight if same else 1)
    if importance is None:
        importance = same.importance if same else None
    elif importance not in IMPORTANCE or not (holds_ranks(votable) and votable.board.importance):
        raise Unusable("This board does not ask how important it is.")
    return Ballot(value, _weight(votable, same, weight, value), importance)


def _weight(votable: Any, same: Ballot | None, weight: int, value: int) -> int:
    """The wanted weight. One from before the limit was lowered may stay, not grow."""
    most = votable.board.most_per_idea if holds_ranks(votable) and value > 0 else 1
    if not 1 <= weight <= max(most, min(same.weight if same else 0, weight)):
        raise Unusable("One vote is enough here." if most == 1 else f"Give one idea 1 to {most} votes.")
    return weight


def _write(votable: Any, by: Person, had: Vote | None, wanted: Ballot, now: datetime) -> None:
    values = wanted.values()
    if had is None:
        key = {"person_id": by.id, f"{votable.__tablename__}_id": votable.id}
        db.session.execute(_INSERT, {"cast_at": now, **key, **values})
        return
    if had.value != wanted.value:
        values["cast_at"] = now
    if had.is_for_a_customer:
        values["taken_over_at"] = now
    db.session.execute(_UPDATE, {"its": had.id, **values})
    for name, value in values.items():
        set_committed_value(had, name, value)


def tell_taken_over(idea: Any, own_id: int, by: Person) -> None:
    """Journal that a vote is the person's own now: for the idea on which it was cast, which may be merged."""
    author_id = carrying.authors_of(idea, {own_id})[own_id]
    journal.record(VoteTakenOver(actor_id=by.id, idea_id=own_id, author_id=author_id))


def _tell(
    votable: Any, by: Person, before: Ballot | None, wanted: Ballot | None, own_ids: Collection[int]
) -> None:
    """Journal what a person says now, for each idea on which they have a vote that says so."""
    if not holds_ranks(votable):
        common: dict[str, Any] = {"actor_id": by.id, "author_id": votable.author_id}
        common |= {"post_id": votable.id, "topic_id": votable.topic_id}
        if before:
            journal.record(AnswerVoteWithdrawn(value=before.value, **common))
        if wanted:
            journal.record(AnswerVoted(value=wanted.value, **common))
        return
    for idea_id, author_id in sorted(carrying.authors_of(votable, own_ids).items()):
        _tell_of(before, wanted, {"actor_id": by.id, "idea_id": idea_id, "author_id": author_id})


def _tell_of(before: Ballot | None, wanted: Ballot | None, common: dict[str, Any]) -> None:
    if before and wanted and before.value == wanted.value:
        journal.record(VoteChanged(weight=wanted.weight, importance=wanted.importance, **common))
        return
    if before:
        journal.record(VoteWithdrawn(value=before.value, **common))
    if wanted:
        journal.record(
            VoteCast(weight=wanted.weight, importance=wanted.importance, value=wanted.value, **common)
        )
