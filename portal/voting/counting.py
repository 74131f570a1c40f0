"""Counting: the numbers that an idea or an answer carries move with each vote, in its transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal.database import db
from portal.voting import queries, ranking
from portal.voting.demand.stepping import NUMBERS, Voter, steps
from portal.voting.models import Vote


@dataclass(frozen=True)
class Ballot:
    """What a vote says: for or against, with how many votes of the board, how important (None: not said)."""

    value: int
    weight: int = 1
    importance: int | None = None

    @classmethod
    def of(cls, vote: Vote | None) -> "Ballot | None":
        """What a row says; None for none."""
        return None if vote is None else cls(vote.value, vote.weight, vote.importance)

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
    kind, found = type(votable), sa.true()
    values = _steps(kind, given, taken, with_weights=holds_ranks(votable))
    if holds_ranks(votable) and (given is None or taken is None or _pull(given) != _pull(taken)):
        values["hot"] = _rank(votable, at, given, taken)
        if step := _is_for(given) - _is_for(taken):
            moved, found = steps(votable, Voter.of(by), step)
            values |= {name: getattr(kind, name) + by_how_much for name, by_how_much in moved.items()}
    if not values:
        return
    counted = sa.update(kind).where(kind.id == votable.id, found).values(values)
    of_ideas = ("weights_up", *NUMBERS) if holds_ranks(votable) else ()
    shown = [kind.votes_up, kind.votes_down, kind.score, *(getattr(kind, name) for name in of_ideas)]
    row = db.session.execute(
        counted.returning(*shown), execution_options={"synchronize_session": False}
    ).one()
    for column, number in zip(shown, row, strict=True):
        set_committed_value(votable, column.key, number)
    if "hot" in values:
        set_committed_value(votable, "hot", values["hot"])


def _steps(kind: Any, given: Ballot | None, taken: Ballot | None, *, with_weights: bool) -> dict[str, Any]:
    steps: dict[str, int] = {}
    for ballot, sign in ((given, 1), (taken, -1)):
        if ballot is None:
            continue
        name = "votes_up" if ballot.value > 0 else "votes_down"
        steps[name] = steps.get(name, 0) + sign
        if with_weights and ballot.value > 0:
            steps["weights_up"] = steps.get("weights_up", 0) + sign * ballot.weight
    return {name: getattr(kind, name) + step for name, step in steps.items() if step}


def _is_for(ballot: Ballot | None) -> int:
    return int(ballot is not None and ballot.value > 0)


def _pull(ballot: Ballot) -> int:
    return ballot.value * ballot.weight


def _rank(idea: Any, at: datetime, given: Ballot | None, taken: Ballot | None) -> float:
    """A vote for it is added to what is stored; whatever else happened, the rows say."""
    half_life = idea.board.half_life
    if given and given.value == 1 and not taken and not idea.votes_down:
        return ranking.with_vote(idea.hot, at, half_life, weight=given.weight)
    return ranking.of_votes(queries.dated_values(idea.id), half_life, imported_hot=idea.imported_hot)
