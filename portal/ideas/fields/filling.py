"""Filling in the fields of an idea."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from portal import markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ValuesChanged
from portal.database import db
from portal.discussion.writing import check_open
from portal.errors import Conflict, NotAllowed
from portal.ideas.fields.models import BoardField, Circle, FieldValue, Type
from portal.ideas.fields.queries import circles_filled
from portal.ideas.models import Idea

COLUMNS = {
    Type.SHORT_TEXT: "text",
    Type.LONG_TEXT: "text",
    Type.LINK: "text",
    Type.NUMBER: "number",
    Type.DATE: "day",
    Type.YES_NO: "yes",
}


def fill(idea: Idea, *, by: Person, values: Mapping[BoardField, Any]) -> list[str]:
    """Set what differs and journal it; returns the names of those fields. None takes a value away.

    Raises NotAllowed for fields that this person does not fill in, Conflict for fields that the board of the idea
    does not ask, and when the idea is locked or hidden.
    """
    db.session.refresh(idea, ["locked_at", "locked_reason", "hidden_at", "board_id"], with_for_update=True)
    check_open(idea, by=by)
    for each in values:
        _check(each, idea, by)
    changed = put(idea.id, values)
    if changed:
        journal.record(ValuesChanged(actor_id=by.id, idea_id=idea.id, fields=changed))
    return changed


def put(idea_id: int, values: Mapping[BoardField, Any]) -> list[str]:
    """Write the values of an idea as they are given, without asking who may; returns what differed, by name."""
    before = _rows_of(idea_id)
    changed = [each for each, value in values.items() if before.get(each.id, {}) != _rows(each, value)]
    db.session.execute(
        sa.delete(FieldValue).where(
            FieldValue.idea_id == idea_id, FieldValue.field_id.in_([each.id for each in changed])
        )
    )
    for each in changed:
        for slot, (column, value) in _rows(each, values[each]).items():
            db.session.execute(
                sa.insert(FieldValue).values(idea_id=idea_id, field_id=each.id, slot=slot, **{column: value})
            )
    return [each.name for each in changed]


def _check(of: BoardField, idea: Idea, by: Person) -> None:
    if of.circle == Circle.PLANNERS:
        may = by.may("decide")
    else:
        may = of.circle in circles_filled(by, is_author=idea.is_by(by))
    if not may:
        raise NotAllowed("Only the author and our staff may change this. You can say it in a comment.")
    if of.archived_at is not None or of.board_id != idea.board_id:
        raise Conflict(f"The board of this idea does not ask {of.name}. Reload the page and try again.")


def _rows(of: BoardField, value: Any) -> dict[int, tuple[str, Any]]:
    """By slot, the column of a row and what stands in it."""
    if value is None:
        return {}
    if of.has_choices:
        return {each if of.type == Type.CHOICES else 0: ("choice_id", each) for each in value}
    column = COLUMNS[Type(of.type)]
    return {0: (column, markup.plain(value) if column == "text" else value)}


def _rows_of(idea_id: int) -> dict[int, dict[int, tuple[str, Any]]]:
    found: dict[int, dict[int, tuple[str, Any]]] = {}
    columns = ("text", "number", "day", "yes", "choice_id")
    rows = sa.select(FieldValue.__table__).where(FieldValue.idea_id == idea_id)
    for row in db.session.execute(rows):
        held = next((name, getattr(row, name)) for name in columns if getattr(row, name) is not None)
        found.setdefault(row.field_id, {})[row.slot] = held
    return found
