"""Offering to exports what ideas have in the fields of their boards: a column for each field."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal import tables
from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas.fields.models import BoardField, Circle
from portal.ideas.fields.queries import Value, values_of
from portal.ideas.models import Board
from portal.tables import Cells, Column

STEM = "field_"
"""What the name of a column begins with; the number of the field follows, so that a new name keeps saved exports."""


def offer() -> None:
    """Let exports have these columns."""
    tables.offer("fields", columns, _cells, STEM)


def columns() -> list[Column]:
    """A column for each field of every board, board by board; archived fields last. One query."""
    archived = BoardField.archived_at.is_not(None)
    fields = sa.select(BoardField, Board.name).join(Board, Board.id == BoardField.board_id)
    rows = db.session.execute(
        fields.order_by(archived, Board.name, Board.id, BoardField.position, BoardField.id)
    )
    found = [(each, f"{each.name} ({board})") for each, board in rows]
    times = Counter(title for _, title in found)
    return [_column(each, title, times[title] > 1) for each, title in found]


def _column(of: BoardField, title: str, is_shared: bool) -> Column:
    says = f"{title}{', archived' if of.archived_at else ''}{_circle(of)}"
    heading = f"{title} {of.id}" if is_shared else title
    private = of.circle != Circle.EVERYBODY
    return Column(f"{STEM}{of.id}", "Fields of boards", says, heading=heading, for_staff=private)


def _circle(of: BoardField) -> str:
    return "" if of.circle == Circle.EVERYBODY else ", not for everybody"


def _cells(batch: Sequence[int], _viewer: Viewer) -> Cells:
    return {
        key: {f"{STEM}{each.field.id}": _cell(each) for each in values}
        for key, values in values_of(batch).items()
    }


def _cell(value: Value) -> Any:
    """A number stays one; everything else is words."""
    is_number = isinstance(value.value, int) and not isinstance(value.value, bool)
    return value.value if is_number else value.words
