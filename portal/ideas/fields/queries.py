"""Every read of fields and values, and the one rule of who reads and fills which."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as column
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas.fields.models import BoardField, Circle, FieldChoice, FieldValue, Type
from portal.ideas.models import Board, Idea

ASKED = frozenset({Circle.EVERYBODY, Circle.AUTHOR})
"""What the author of an idea fills in."""


@dataclass
class Value:
    """What one idea has in one field: a text, a number, a day, yes or no, or the ids of choices."""

    field: BoardField
    value: Any = None
    names: list[str] = column(default_factory=list)
    """Of the choices, in their order."""

    @property
    def words(self) -> str:
        """As one reads it: "Yes", "2027-03-01", "Mobile, Desktop"."""
        if self.field.has_choices:
            return ", ".join(self.names)
        if self.field.type == Type.YES_NO:
            return "Yes" if self.value else "No"
        return self.value.isoformat() if isinstance(self.value, date) else str(self.value)


def circles_read(viewer: Viewer, *, is_author: bool = False) -> Collection[Circle]:
    """Whose values the viewer reads, on an idea that they wrote or not: the one rule."""
    if viewer.is_staff:
        return frozenset(Circle)
    return ASKED if is_author else frozenset({Circle.EVERYBODY})


def circles_filled(viewer: Viewer, *, is_author: bool) -> Collection[Circle]:
    """Which fields the viewer fills in on the page of an idea or with a new one; planners beside the plan."""
    if viewer.is_staff:
        return ASKED | {Circle.STAFF}
    return ASKED if is_author else frozenset()


def fields_of(board_id: int, *, archived: bool = False) -> Sequence[BoardField]:
    """The fields of a board in their order, with their choices; archived ones last. One query."""
    fields = sa.select(BoardField).where(BoardField.board_id == board_id)
    if not archived:
        fields = fields.where(BoardField.archived_at.is_(None))
    order = (BoardField.archived_at.is_not(None), BoardField.position, BoardField.id)
    return db.session.scalars(fields.options(joinedload(BoardField.choices)).order_by(*order)).unique().all()


def asked_by(board: Board | None, circles: Collection[Circle]) -> Sequence[BoardField]:
    """The fields of a board that these circles hold. Nothing is asked of the database where there are none."""
    if board is None or not board.has_fields:
        return ()
    return [each for each in fields_of(board.id) if each.circle in circles]


def values_of(idea_ids: Collection[int]) -> Mapping[int, list[Value]]:
    """What these ideas have in all fields, archived ones too, in the order of the fields. One query.

    For whoever may read everything; what a viewer reads says `values_for`.
    """
    rows = sa.select(FieldValue, BoardField, FieldChoice.name).join(
        BoardField, BoardField.id == FieldValue.field_id
    )
    order = (BoardField.position, BoardField.id, FieldChoice.position, FieldChoice.id)
    rows = rows.outerjoin(FieldChoice, FieldChoice.id == FieldValue.choice_id).order_by(*order)
    found: dict[int, dict[int, Value]] = defaultdict(dict)
    for row, of, name in db.session.execute(rows.where(FieldValue.idea_id.in_(idea_ids))):
        value = found[row.idea_id].setdefault(of.id, Value(of))
        if of.has_choices:
            value.value = (*(value.value or ()), row.choice_id)
            value.names.append(name)
        else:
            value.value = next(v for v in (row.text, row.number, row.day, row.yes) if v is not None)
    return {key: list(values.values()) for key, values in found.items()}


def values_for(viewer: Viewer, idea: Idea) -> Sequence[Value]:
    """What the viewer reads on the page of an idea. Only staff read what is not asked any more. Needs its board."""
    if not idea.board.has_fields:
        return ()
    circles = circles_read(viewer, is_author=idea.is_by(viewer))
    return [
        each
        for each in values_of([idea.id]).get(idea.id, ())
        if each.field.circle in circles and (viewer.is_staff or _is_asked(each.field, idea))
    ]


def _is_asked(of: BoardField, idea: Idea) -> bool:
    return of.archived_at is None and of.board_id == idea.board_id


def filters_for(viewer: Viewer, board: Board | None) -> Sequence[BoardField]:
    """The fields by whose choices the viewer can narrow the list of a board."""
    circles = circles_read(viewer)
    return [each for each in asked_by(board, circles) if each.has_choices]


def ideas_with(viewer: Viewer, field_id: int, choice_id: int) -> sa.Select[int]:
    """The ids of ideas with this choice, in a field that this viewer reads on every idea."""
    readable = sa.exists().where(
        BoardField.id == field_id,
        BoardField.archived_at.is_(None),
        BoardField.circle.in_(circles_read(viewer)),
    )
    return sa.select(FieldValue.idea_id).where(
        FieldValue.field_id == field_id, FieldValue.choice_id == choice_id, readable
    )


def how_many(field_ids: Iterable[int]) -> Mapping[int, int]:
    """Of each field: how many ideas have a value in it."""
    count = sa.select(FieldValue.field_id, sa.func.count(FieldValue.idea_id.distinct()))
    rows = db.session.execute(
        count.where(FieldValue.field_id.in_(list(field_ids))).group_by(FieldValue.field_id)
    )
    return {row[0]: row[1] for row in rows}


def how_many_chose(field_id: int) -> Mapping[int, int]:
    """Of each choice of a field: how many ideas have it."""
    count = sa.select(FieldValue.choice_id, sa.func.count()).where(FieldValue.field_id == field_id)
    return {row[0]: row[1] for row in db.session.execute(count.group_by(FieldValue.choice_id)) if row[0]}
