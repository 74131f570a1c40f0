"""Reads for the page on which an export is built."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.accounts.permissions import PERMISSIONS, STAFF, Permission
from portal.database import db
from portal.discussion.models import Label, Labelling
from portal.ideas.models import Board
from portal.transfer.narrowing import Choice

OFFERED = 500
"""How many names a list to choose from holds."""


def kinds_of_companies() -> tuple[list[str], list[str]]:
    """The segments and the tiers that companies have."""
    return _values(Company.segment), _values(Company.tier)


def labels() -> list[str]:
    """The labels that ideas have."""
    used = sa.exists().where(Labelling.label_id == Label.id, Labelling.idea_id.is_not(None))
    return list(db.session.scalars(sa.select(Label.name).where(used).order_by(Label.name).limit(OFFERED)))


def staff() -> Sequence[Person]:
    """Who may look after an idea."""
    return _people(Person.role.in_(STAFF))


def exporters() -> Sequence[Person]:
    """Who may export, and can be written to."""
    return _people(Person.role.in_(PERMISSIONS[Permission.EXPORT]), Person.email.is_not(None))


def in_words(choice: Choice) -> str:
    """The filters that were set, as people read them: "board: Mobile; status: open, planned"."""
    words = choice.words() | {"board": _name_of(Board, choice.board), "owner": _name_of(Person, choice.owner)}
    said = {name.replace("_", " "): str(value).replace(",", ", ") for name, value in words.items() if value}
    return "; ".join(f"{name}: {value}" if value != "True" else name for name, value in said.items())


def _name_of(model: Any, key: str) -> str:
    """The name of a board or person that a filter names by number; what is no number is a name already."""
    is_number = key.isascii() and key.isdigit() and len(key) < 19
    row = db.session.get(model, int(key)) if is_number else None
    return row.name if row else key


def _people(*conditions: sa.ColumnElement[bool]) -> Sequence[Person]:
    there = sa.select(Person).where(*conditions, Person.active.is_(True)).order_by(Person.name, Person.id)
    return db.session.scalars(there.limit(OFFERED)).all()


def _values(column: Any) -> list[str]:
    known = sa.select(column).where(column.is_not(None), column != "").distinct().order_by(column)
    return list(db.session.scalars(known.limit(OFFERED)))
