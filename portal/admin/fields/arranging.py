"""Adding a field to a board, changing it, its choices, and archiving it. What was said stays."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import FieldsChanged
from portal.database import db
from portal.errors import Conflict, NotFound
from portal.ideas.fields import queries
from portal.ideas.fields.models import MOST_CHOICES, MOST_FIELDS, BoardField, FieldChoice
from portal.ideas.models import Board


def find(board: Board, field_id: int) -> BoardField:
    """A field of this board, with its choices. Raises NotFound."""
    field = next((each for each in queries.fields_of(board.id, archived=True) if each.id == field_id), None)
    if field is None:
        raise NotFound("This board has no such field.")
    return field


def choice_of(field: BoardField, choice_id: int) -> FieldChoice:
    """A choice of this field. Raises NotFound."""
    choice = next((each for each in field.choices if each.id == choice_id), None)
    if choice is None:
        raise NotFound("This field has no such choice.")
    return choice


def add(board: Board, *, by: Person, choices: Sequence[str] = (), **facts: Any) -> BoardField:
    """A new field. Raises Conflict at MOST_FIELDS, for a name that is taken, and for more than MOST_CHOICES choices."""
    _hold(board)
    there = queries.fields_of(board.id, archived=True)
    if sum(each.archived_at is None for each in there) >= MOST_FIELDS:
        raise Conflict(
            f"A board asks at most {MOST_FIELDS} things. Archive a field that nobody needs any more."
        )
    _must_be_free(facts["name"], there)
    field = BoardField(board_id=board.id, created_at=clock.now(), **facts)
    db.session.add(field)
    db.session.flush()
    _offer(field, [], choices)
    _record(field, by, ["added"])
    return field


def change(field: BoardField, *, by: Person, choices: Sequence[str] = (), **facts: Any) -> list[str]:
    """Set what differs, and offer more choices; returns the names of what changed.

    Raises Conflict for another type: the values that there are would mean nothing in it.
    """
    if facts.pop("type", field.type) != field.type:
        raise Conflict(
            f"{field.name} keeps its type: {_with_values(field)}. Add a field of the type you need, and archive "
            "this one. What was said in it stays, and staff can read it."
        )
    _must_be_free(facts.get("name", ""), queries.fields_of(field.board_id, archived=True), but=field)
    changed = [name for name, value in facts.items() if getattr(field, name) != value]
    for name in changed:
        setattr(field, name, facts[name])
    if _offer(field, field.choices, choices):
        changed.append("choices")
    return _record(field, by, changed)


def rename_choice(field: BoardField, choice: FieldChoice, *, by: Person, name: str) -> list[str]:
    """Give a choice another name, everywhere at once. Raises Conflict for one that another choice has."""
    if any(each.id != choice.id and each.name.lower() == name.lower() for each in field.choices):
        raise Conflict(f"Another choice of {field.name} is called {name}.")
    changed = [f"choice {choice.name}"] if choice.name != name else []
    choice.name = name
    return _record(field, by, changed)


def archive(thing: BoardField | FieldChoice, field: BoardField, *, by: Person, archived: bool = True) -> None:
    """Ask a field, or offer a choice, no more (or again). What was said stays."""
    if (thing.archived_at is not None) == archived:
        return
    thing.archived_at = clock.now() if archived else None
    _record(field, by, ["archived_at" if thing is field else f"choice {thing.name}"])


def _with_values(field: BoardField) -> str:
    values = queries.how_many([field.id]).get(field.id, 0)
    return "1 idea has a value of it" if values == 1 else f"{values:,} ideas have values of it"


def _must_be_free(name: str, there: Sequence[BoardField], but: BoardField | None = None) -> None:
    if any(each.name.lower() == name.lower() and each is not but for each in there):
        raise Conflict(f"This board has a field called {name}, perhaps among those that are archived.")


def _hold(board: Board) -> None:
    """Keep others from adding a field to the board at the same time."""
    db.session.execute(sa.select(Board.id).where(Board.id == board.id).with_for_update())


def _offer(field: BoardField, there: Sequence[FieldChoice], names: Sequence[str]) -> int:
    """Offer more choices behind those that are there; names that are there are not offered twice."""
    known = {each.name.lower() for each in there}
    new = [name for name in dict.fromkeys(names) if name.lower() not in known]
    if len(there) + len(new) > MOST_CHOICES:
        raise Conflict(f"A field offers at most {MOST_CHOICES} choices.")
    for place, name in enumerate(new, len(there) + 1):
        db.session.add(FieldChoice(field_id=field.id, name=name, position=place))
    db.session.flush()
    return len(new)


def _record(field: BoardField, by: Person, changed: list[str]) -> list[str]:
    db.session.flush()
    db.session.expire(field, ["choices"])
    if changed:
        journal.record(
            FieldsChanged(actor_id=by.id, board_id=field.board_id, field_id=field.id, fields=changed)
        )
    return changed
