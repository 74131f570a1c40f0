"""Budgets: how many votes a person has left on a board, and never more, however many presses come at once."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from portal.accounts.models import Viewer
from portal.database import db
from portal.errors import Conflict
from portal.voting.counting import Ballot
from portal.voting.models import Vote, is_own, weight_counted

NAMED = 3
"""How many votes a refusal names which could be taken back."""


@dataclass(frozen=True)
class Balance:
    """The votes of one person on one board. After a budget was lowered, more may be spent than there is."""

    budget: int
    spent: int

    @property
    def left(self) -> int:
        """How many more votes may be cast; never below 0."""
        return max(0, self.budget - self.spent)

    @property
    def words(self) -> str:
        """To stand where one votes: "3 of 10 votes left"."""
        return f"{self.left} of {self.budget} {'vote' if self.budget == 1 else 'votes'} left"


def read_rules(idea: Any) -> None:
    """Have the board of an idea beside it, as it is now."""
    board = type(idea).board.property.mapper.class_
    rules = db.session.get_one(board, idea.board_id, populate_existing=True)
    set_committed_value(idea, "board", rules)


def balance(viewer: Viewer, board: Any, kind: Any) -> Balance | None:
    """What a person has left on a board of ideas of this `kind`; None for strangers and without a budget."""
    if board.vote_budget is None or not viewer.is_authenticated:
        return None
    spent = db.session.scalar(_spent(kind), {"voter": viewer.id, "board": board.id})
    return Balance(board.vote_budget, int(spent or 0))


def spends(kind: Any) -> sa.ColumnElement[bool]:
    """The condition on votes joined to the ideas that they count for: they take from a budget.

    A vote that was returned does not, nor one that cannot be taken back because the idea is hidden or locked,
    nor one that staff added and the person did not take over.
    """
    return sa.and_(Vote.returned_at.is_(None), kind.hidden_at.is_(None), kind.locked_at.is_(None), is_own())


def refuse_overspending(idea: Any, by: Any, had: Vote | None, wanted: Ballot) -> None:
    """Raise Conflict when too few votes are left for this one. Two presses at once wait for each other here."""
    board = idea.board
    before = had.counts if had is not None and had.returned_at is None and not had.is_for_a_customer else 0
    if board.vote_budget is None or wanted.weight <= before:
        return
    _wait_for_turn(by.id, board.id)
    kind: Any = type(idea)
    whose = {"voter": by.id, "board": board.id, "but": idea.id}
    left = Balance(board.vote_budget, int(db.session.scalar(_spent_elsewhere(kind), whose) or 0)).left
    if wanted.weight > left:
        spending = _spending(by.id, board.id, kind).where(Vote.counts_for_id != idea.id)
        raise Conflict(_sentence(board, left - before, wanted.weight - before, spending, kind))


def _spending(person_id: Any, board_id: Any, kind: Any) -> sa.Select[Any]:
    votes = sa.select(Vote).join(kind, kind.id == Vote.counts_for_id)
    return votes.where(Vote.person_id == person_id, kind.board_id == board_id, spends(kind))


@cache
def _spent(kind: Any) -> sa.Select[Any]:
    spending = _spending(sa.bindparam("voter"), sa.bindparam("board"), kind)
    return spending.with_only_columns(sa.func.coalesce(sa.func.sum(weight_counted()), 0))


@cache
def _spent_elsewhere(kind: Any) -> sa.Select[Any]:
    return _spent(kind).where(Vote.counts_for_id != sa.bindparam("but"))


def _wait_for_turn(person_id: int, board_id: int) -> None:
    """One press of a person on a board after the other. SQLite lets one transaction write at a time anyway.

    A lock of its own: the row of the person is changed by whoever votes for what that person wrote, and two
    people who vote for each other's ideas would wait for each other for ever.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        key = sa.func.hashtextextended(f"votes of {person_id} on {board_id}", 0)
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _sentence(board: Any, left: int, missing: int, spending: sa.Select[Any], kind: Any) -> str:
    # The idea that they voted on: the one that it counts for now may not be theirs to know.
    own = aliased(kind)
    named = spending.join(own, own.id == Vote.idea_id).with_only_columns(own.title, weight_counted())
    newest = named.order_by(Vote.cast_at.desc(), Vote.id.desc())
    rows = db.session.execute(newest.limit(NAMED + 1)).all()
    names = [f"“{title}”{f' ({weight})' if weight > 1 else ''}" for title, weight in rows[:NAMED]]
    more = " or others" if len(rows) > NAMED else ""
    left = max(0, left)
    return f"You have {left} of {board.vote_budget} votes left on this board, and this takes {missing}. " + (
        f"Take one back first: {', '.join(names)}{more}." if names else "Choose fewer votes."
    )
