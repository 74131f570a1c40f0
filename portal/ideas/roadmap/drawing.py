"""Drawing roadmaps: adding them, changing what shows on them and to whom, and archiving them."""

from collections.abc import Sequence
from typing import Any

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import RoadmapChanged
from portal.database import db
from portal.ideas.audiences.choosing import choose
from portal.ideas.audiences.queries import Chosen
from portal.ideas.deciding import must_decide
from portal.ideas.roadmap.models import Roadmap, RoadmapBoard, RoadmapColumn


def add(
    *, by: Person, statuses: Sequence[str], boards: Sequence[int], chosen: Chosen, **fields: Any
) -> Roadmap:
    """A new roadmap. Raises NotAllowed unless the person decides on ideas."""
    must_decide(by)
    roadmap = Roadmap(created_at=clock.now(), columns=_columns(statuses), boards=_boards(boards), **fields)
    db.session.add(roadmap)
    db.session.flush()
    choose(roadmap, chosen)
    journal.record(RoadmapChanged(actor_id=by.id, roadmap_id=roadmap.id, fields=[*fields, "statuses"]))
    return roadmap


def change(
    roadmap: Roadmap,
    *,
    by: Person,
    statuses: Sequence[str],
    boards: Sequence[int],
    chosen: Chosen,
    **fields: Any,
) -> list[str]:
    """Set what differs; returns the names of it. Raises NotAllowed unless the person decides on ideas."""
    must_decide(by)
    changed = [name for name, value in fields.items() if getattr(roadmap, name) != value]
    for name in changed:
        setattr(roadmap, name, fields[name])
    changed += _lists(roadmap, statuses, boards)
    if choose(roadmap, chosen):
        changed.append("chosen")
    _record(roadmap, by, changed)
    return changed


def _lists(roadmap: Roadmap, statuses: Sequence[str], boards: Sequence[int]) -> list[str]:
    changed = []
    if list(statuses) != roadmap.statuses:
        roadmap.columns.clear()
        db.session.flush()
        roadmap.columns.extend(_columns(statuses))
        changed.append("statuses")
    if set(boards) != set(roadmap.board_ids):
        roadmap.boards.clear()
        db.session.flush()
        roadmap.boards.extend(_boards(boards))
        changed.append("boards")
    return changed


def archive(roadmap: Roadmap, *, by: Person) -> bool:
    """Nobody but who draws it sees it any more. False when it is archived."""
    must_decide(by)
    if roadmap.archived_at is not None:
        return False
    roadmap.archived_at = clock.now()
    _record(roadmap, by, ["archived_at"])
    return True


def reopen(roadmap: Roadmap, *, by: Person) -> bool:
    """It is shown again. False when it is."""
    must_decide(by)
    if roadmap.archived_at is None:
        return False
    roadmap.archived_at = None
    _record(roadmap, by, ["archived_at"])
    return True


def _record(roadmap: Roadmap, by: Person, fields: list[str]) -> None:
    if fields:
        journal.record(RoadmapChanged(actor_id=by.id, roadmap_id=roadmap.id, fields=fields))


def _columns(statuses: Sequence[str]) -> list[RoadmapColumn]:
    return [RoadmapColumn(status=key, position=n) for n, key in enumerate(statuses)]


def _boards(ids: Sequence[int]) -> list[RoadmapBoard]:
    return [RoadmapBoard(board_id=key) for key in sorted(set(ids))]
