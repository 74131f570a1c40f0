"""Adding a status, changing it, and giving it up."""

from typing import Any

import sqlalchemy as sa
from slugify import slugify

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import StatusesChanged
from portal.database import db
from portal.errors import Conflict, NotFound
from portal.ideas import deciding
from portal.ideas.models import Idea
from portal.ideas.standing import FIRST, BoardStatus
from portal.ideas.statuses import queries
from portal.voting import holding

CHUNK = 200


def find(board_id: int | None, key: str) -> BoardStatus:
    """A status of a board (None: of the house), which has a set of its own from now on. Raises NotFound."""
    row = next((each for each in own(board_id) if each.key == key), None)
    if row is None:
        raise NotFound("There is no such status here.")
    return row


def own(board_id: int | None) -> list[BoardStatus]:
    """The own statuses of a board or of the house: those that held until now are copied when there were none."""
    rows = list(queries.rows_of(board_id))
    if not rows:
        held = enumerate(queries.set_of(board_id), start=1)
        rows = [_row(board_id, place, each) for place, each in held]
        db.session.add_all(rows)
        db.session.flush()
    return rows


def _row(board_id: int | None, place: int, held: Any) -> BoardStatus:
    facts = {name: getattr(held, name) for name in ("key", "name", "colour", "meaning", "votes")}
    return BoardStatus(board_id=board_id, position=place, **facts)


def add(board_id: int | None, *, by: Person, **fields: Any) -> BoardStatus:
    """A new status; its key is made of its name and never changes."""
    keys = {each.key for each in own(board_id)} | queries.keys()
    row = BoardStatus(board_id=board_id, key=_key(fields["name"], keys), **fields)
    db.session.add(row)
    db.session.flush()
    _record(row, by, ["added"])
    return row


def _key(name: str, taken: set[str]) -> str:
    stem = slugify(name, separator="_", max_length=16).strip("_") or "status"
    return next(key for n in range(1, 10_000) if (key := stem if n == 1 else f"{stem}_{n}") not in taken)


def change(row: BoardStatus, *, by: Person, **fields: Any) -> list[str]:
    """Set what differs; returns the names of it.

    Raises Conflict when the meaning or the rule for votes of a status would change under the ideas that stand
    in it: points and budgets were given by it.
    """
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if {"meaning", "votes"} & set(changed) and queries.how_many(row.board_id).get(row.key):
        raise Conflict(
            f"Ideas stand in {row.name}, so what it means stays. Add another status and move them there."
        )
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        _record(row, by, changed)
    return changed


def archive(row: BoardStatus, *, by: Person, target: str) -> int:
    """Give a status up; its ideas move to `target`, each as a change of status of its own. Returns how many.

    Raises Conflict for the first status, and for a target that is not there.
    """
    if row.key == FIRST:
        raise Conflict("New ideas begin here, so this status stays. You can give it another name.")
    there = {each.key for each in queries.rows_of(row.board_id) if each.archived_at is None}
    if target not in there - {row.key}:
        raise Conflict("Choose a status of this list that its ideas go to.")
    holding.hold_with_authors(Idea, _ideas(row).with_only_columns(Idea.id))
    moved = 0
    while ideas := _some_ideas(row):
        for idea in ideas:
            why = f"The status {row.name} was given up."
            deciding.change_status(idea, to=target, by=by, reason=why, ground=None)
        moved += len(ideas)
    row.archived_at = clock.now()
    _record(row, by, ["archived_at"])
    return moved


def reopen(row: BoardStatus, *, by: Person) -> None:
    """Ideas may be put there again."""
    if row.archived_at is not None:
        row.archived_at = None
        _record(row, by, ["archived_at"])


def _some_ideas(row: BoardStatus) -> list[Idea]:
    return list(db.session.scalars(_ideas(row).order_by(Idea.id).limit(CHUNK)))


def _ideas(row: BoardStatus) -> sa.Select[Any]:
    return sa.select(Idea).where(Idea.status == row.key, queries.ideas_under(row.board_id))


def _record(row: BoardStatus, by: Person, fields: list[str]) -> None:
    db.session.flush()
    journal.record(StatusesChanged(actor_id=by.id, board_id=row.board_id, key=row.key, fields=fields))
