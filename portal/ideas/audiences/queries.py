"""Every read of the companies that places were chosen for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company
from portal.database import db


@dataclass(frozen=True)
class Chosen:
    """The companies that a place is for: by id, by segment, by tier."""

    companies: frozenset[int] = frozenset()
    segments: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.companies or self.segments or self.tiers)


def chosen_for(place: Any) -> Chosen:
    """Whom a place was made for."""
    row = place.admission
    rows = db.session.scalars(sa.select(row).where(getattr(row, row.place) == place.id)).all()
    return Chosen(
        frozenset(each.company_id for each in rows if each.company_id is not None),
        frozenset(each.segment for each in rows if each.segment is not None),
        frozenset(each.tier for each in rows if each.tier is not None),
    )


def words_of(column: sa.orm.InstrumentedAttribute[str | None]) -> Sequence[str]:
    """The segments or tiers that companies have."""
    known = sa.select(column).where(column.is_not(None), column != "").distinct().order_by(column).limit(200)
    return [each for each in db.session.scalars(known) if each]


def names_of(ids: Collection[int]) -> Sequence[str]:
    """The names of companies, in order."""
    return db.session.scalars(sa.select(Company.name).where(Company.id.in_(ids)).order_by(Company.name)).all()


def ids_of(names: Collection[str]) -> dict[str, set[int]]:
    """Companies by name in small letters; several may share one."""
    lowered = [name.lower() for name in names]
    found: dict[str, set[int]] = {}
    rows = db.session.execute(
        sa.select(Company.id, Company.name).where(
            sa.or_(sa.func.lower(Company.name).in_(lowered), Company.name.in_(names))
        )
    )
    for key, name in rows:
        found.setdefault(name.lower(), set()).add(key)
    return found
