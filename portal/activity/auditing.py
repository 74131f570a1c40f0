"""Recounting: every number that stands beside the rows it counts is counted again from them."""

from collections.abc import Callable, Collection, Generator, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.database import db, one_state

Audit = Callable[[], Iterable[str]]

_audits: dict[str, Audit] = {}

SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """What one audit found: the first differences, and how many rows it compared (None if it does not say)."""

    name: str
    differences: list[str]
    compared: int | None


def audits(name: str) -> Callable[[Audit], Audit]:
    """Register a function that yields one sentence for each difference it finds.

    A generator may `return` how many rows it compared. It runs in a transaction that only reads.
    """

    def register(audit: Audit) -> Audit:
        _audits[name] = audit
        return audit

    return register


def audit_all(limit: int = SHOWN, only: Collection[str] = ()) -> list[Finding]:
    """Run every audit, or those of these names, over one state of the database; each stops after `limit` differences."""
    with one_state():
        return [_run(name, _audits[name], limit) for name in sorted(only or _audits)]


def _run(name: str, audit: Audit, limit: int) -> Finding:
    differences: list[str] = []
    steps = iter(audit())
    while len(differences) < limit:
        try:
            differences.append(next(steps))
        except StopIteration as end:
            return Finding(name, differences, end.value)
    return Finding(name, differences, None)


def compare(what: str, rows: sa.Select[Any]) -> Generator[str, None, int]:
    """Differences between a stored and a counted number. `rows` selects (id, stored, counted) of every row."""
    compared = 0
    for row_id, stored, counted in db.session.execute(rows, execution_options={"yield_per": 1_000}):
        compared += 1
        if stored != counted:
            yield f"{what} of {row_id}: stored {stored}, counted {counted}"
    return compared
