"""Counting: the numbers that an idea or an answer carries move with each vote, in its transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.database import db
from portal.voting import queries, ranking
from portal.voting.demand import folding
from portal.voting.demand.stepping import NUMBERS, Voter, steps
from portal.voting.models import Vote, weight_counted


@dataclass(frozen=True)
class Ballot:
    """What a vote says: for or against, with how many votes of the board, how important (None: not said)."""

    value: int
    weight: int = 1
    importance: int | None = None

    @classmethod
    def of(cls, vote: Vote | None) -> "Ballot | None":
        """What a row says; None for none."""
        return None if vote is None else cls(vote.value, vote.counts, vote.importance)

    def values(self) -> dict[str, Any]:
        """As columns."""
        return asdict(self)


def holds_ranks(votable: Any) -> bool:
    """Whether it is an idea: on a board with rules, and with a rank."""
    return hasattr(type(votable), "hot")


def count(
    votable: Any, at: datetime, *, by: Any, given: Ballot | None = None, taken: Ballot | None = None
) -> None:
    """Move counters and rank by a vote that was given then, taken back, or both. The votable is held.

    `by` is the person or company whose vote it is.
    """
    ranked, voter, step = holds_ranks(votable), Voter.of(by), 0
    moved = _steps(given, taken, with_weights=ranked)
    moves_rank = ranked and (given is None or taken is None or _pull(given) != _pull(taken))
    if not moved and not moves_rank:
        return
    held = {"held_id": votable.id} | {f"by_{name}": number for name, number in moved.items()}
    if moves_rank:
        held["new_hot"] = _rank(votable, at, given, taken)
        if step := _is_for(given) - _is_for(taken):
            held |= {"idea_id": votable.id, "company_id": voter.company_id}
    whose = (voter.is_person, voter.company_id is not None) if step else (False, False)
    kind: Any = type(votable)
    counted = _counted(kind, tuple(moved), moves_rank, step, whose)
    row = db.session.execute(counted, held).one()
    for name, number in row._mapping.items():
        set_committed_value(votable, name, number)
    if moves_rank:
        set_committed_value(votable, "hot", held["new_hot"])


@lru_cache(128)
def _counted(kind: Any, moved: tuple[str, ...], moves_rank: bool, step: int, whose: tuple[bool, bool]) -> Any:
    """The statement that moves these counters, and with a `step` the numbers of demand. Put together once for each kind
    of vote: that took longer than the database takes for it."""
    columns = kind.__table__.c
    values = {name: columns[name] + sa.bindparam(f"by_{name}", type_=columns[name].type) for name in moved}
    found = sa.true()
    if moves_rank:
        values["hot"] = sa.bindparam("new_hot", type_=columns.hot.type)
    if step:
        demand, found = steps(columns, is_person=whose[0], has_company=whose[1], step=step)
        values |= {name: columns[name] + by_how_much for name, by_how_much in demand.items()}
    shown = ("votes_up", "votes_down", "score", *(("weights_up", *NUMBERS) if hasattr(kind, "hot") else ()))
    counted = sa.update(kind.__table__).where(columns.id == sa.bindparam("held_id"), found).values(values)
    return counted.returning(*(columns[name] for name in shown))


def _steps(given: Ballot | None, taken: Ballot | None, *, with_weights: bool) -> dict[str, int]:
    steps: dict[str, int] = {}
    for ballot, sign in ((given, 1), (taken, -1)):
        if ballot is None:
            continue
        name = "votes_up" if ballot.value > 0 else "votes_down"
        steps[name] = steps.get(name, 0) + sign
        if with_weights and ballot.value > 0:
            steps["weights_up"] = steps.get("weights_up", 0) + sign * ballot.weight
    return {name: step for name, step in steps.items() if step}


def _is_for(ballot: Ballot | None) -> int:
    return int(ballot is not None and ballot.value > 0)


def _pull(ballot: Ballot) -> int:
    return ballot.value * ballot.weight


def _rank(idea: Any, at: datetime, given: Ballot | None, taken: Ballot | None) -> float:
    """A vote for it is added to what is stored; whatever else happened, the rows say."""
    half_life = idea.board.half_life
    if given and given.value == 1 and not taken and not idea.votes_down:
        return ranking.with_vote(idea.hot, at, half_life, weight=given.weight)
    return ranking.of_votes(queries.dated_values(idea.id), half_life, imported_hot=imported_hot(idea))


def imported_hot(idea: Any) -> float | None:
    """The rank that dated imported votes came with: those of the idea, and of the ideas that it counts for."""
    if not idea.sources:
        return cast("float | None", idea.imported_hot)
    kind = type(idea)
    board = kind.board.property.mapper.class_
    rows = sa.select(kind.imported_hot, kind.imported_up, board.half_life).join(
        board, board.id == kind.board_id
    )
    found = db.session.execute(rows.where(kind.merged_into_id == idea.id, kind.imported_hot.is_not(None)))
    half_life = idea.board.half_life
    return ranking.together(
        [idea.imported_hot, *(ranking.under(half_life, hot, up, was=was) for hot, up, was in found)]
    )


def recount(idea: Any) -> None:
    """Work out the numbers of a held idea from the votes: those that count for it, or where it was merged its own."""
    rows = db.session.execute(_counting(idea.is_merged), {"of": idea.id}).all()
    ups = [weight for _, value, weight in rows if value > 0]
    numbers = {"votes_up": len(ups), "votes_down": len(rows) - len(ups), "weights_up": sum(ups)}
    dated = [(at, value * weight) for at, value, weight in rows]
    hot = ranking.of_votes(dated, idea.board.half_life, imported_hot=imported_hot(idea))
    demand = asdict(folding.fold([idea.id], clock.now().date())[idea.id].whole)
    table = type(idea).__table__
    changed = sa.update(table).where(table.c.id == sa.bindparam("of"))
    db.session.execute(changed, {"of": idea.id, "hot": hot, **numbers, **demand})
    db.session.expire(idea, [*numbers, *demand, "hot", "score"])


@cache
def _counting(is_merged: bool) -> sa.Select[datetime, int, int]:
    """The votes that count for an idea, or where it was merged its own."""
    of: Any = sa.bindparam("of")
    if is_merged:
        return sa.select(Vote.cast_at, Vote.value, Vote.weight).where(Vote.idea_id == of)
    return sa.select(Vote.cast_at, Vote.value, weight_counted()).where(Vote.counts_for_id == of)
