"""Reading the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.paging import Keyset, Page
from portal.reputation.models import ImportedBadge, LedgerLine
from portal.reputation.rules import RULES

NEWEST: Keyset[LedgerLine] = Keyset((LedgerLine.id,))


@dataclass(frozen=True)
class Line:
    """A ledger line as it is shown: words instead of rule names."""

    at: datetime
    points: int
    words: str
    reversal: str | None


@dataclass(frozen=True)
class Badge:
    """A badge of the old system and how often it was given."""

    name: str
    grade: int | None
    times: int


def of(person_id: int) -> sa.Select[Any]:
    """All lines of a person."""
    return sa.select(LedgerLine).where(LedgerLine.person_id == person_id)


def page(person_id: int, cursor: str | None, size: int = 50) -> Page[Line]:
    """One page of a person's ledger, newest first. Raises Unusable for a broken cursor."""
    found = NEWEST.page(lambda rows: db.session.scalars(rows).all(), of(person_id), cursor=cursor, size=size)
    return Page([_shown(each) for each in found.rows], found.newer, found.older)


def badges(person_id: int) -> Sequence[Badge]:
    """Imported badges of a person, gold first."""
    count = sa.func.count().label("times")
    rows = (
        sa.select(ImportedBadge.name, ImportedBadge.grade, count)
        .where(ImportedBadge.person_id == person_id)
        .group_by(ImportedBadge.name, ImportedBadge.grade)
        .order_by(sa.func.coalesce(ImportedBadge.grade, 9), count.desc(), ImportedBadge.name)
        .limit(60)
    )
    return [Badge(*row) for row in db.session.execute(rows)]


def _shown(line: LedgerLine) -> Line:
    rule = RULES.get(line.rule)
    words = rule.words if rule else line.rule.replace("_", " ").capitalize()
    return Line(line.at, line.granted, words, line.reason if line.reverses_id else None)
