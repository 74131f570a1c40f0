"""Moving an idea on a roadmap: to another column, which decides on it, and to its place in the column."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import RoadmapItemMoved
from portal.database import db
from portal.errors import Conflict
from portal.ideas import deciding
from portal.ideas import queries as ideas_queries
from portal.ideas.models import Idea
from portal.ideas.plans import planning
from portal.ideas.plans.models import Grain
from portal.ideas.plans.queries import plan_of
from portal.ideas.roadmap import choosing, queries
from portal.ideas.roadmap.columns import Column, column_for, mark_of, placed_here
from portal.ideas.roadmap.filtering import RoadmapFilter
from portal.ideas.roadmap.models import Arrangement, Roadmap, RoadmapItem
from portal.ideas.standing import Meaning
from portal.ideas.statuses.queries import set_of

GAP = 1_000
"""Between two that were placed by hand, so that others fit in without moving them."""


def needs_ground(roadmap: Roadmap, idea: Idea, to: Column) -> bool:
    """Whether moving it there declines the idea, so that the main reason is to be named."""
    if roadmap.arrangement != Arrangement.STATUS or idea.status == to.key:
        return False
    meaning = {each.key: each.meaning for each in set_of(idea.board_id)}
    return meaning.get(to.key) == Meaning.CLOSED


def move(
    roadmap: Roadmap,
    idea: Idea,
    *,
    to: Column,
    by: Person,
    after: int | None = None,
    place: int | None = None,
    reason: str = "",
    ground: str = "",
) -> bool:
    """Put an idea into a column, behind the idea `after` or at `place` (1 is the top; neither: by votes).

    Another column changes the status, or what the idea is meant for. Two who move at once wait for each other, and
    each idea stands behind the one it was put behind. False when it stood there already. Raises NotAllowed unless
    the person decides on ideas, Conflict where the board has no such status, Unusable without a ground where the
    idea is declined.
    """
    deciding.must_decide(by)
    db.session.refresh(roadmap, ["position"], with_for_update=True)
    decided = _decide(roadmap, idea, to, by, reason=reason, ground=ground)
    put_on = choosing.put_on(roadmap, idea, by=by)
    placed = _place(roadmap, idea, to, by, after, place)
    if decided or put_on or placed:
        journal.record(
            RoadmapItemMoved(actor_id=by.id, roadmap_id=roadmap.id, idea_id=idea.id, column=to.key)
        )
    return decided or put_on or placed


def _decide(roadmap: Roadmap, idea: Idea, to: Column, by: Person, **words: str) -> bool:
    if roadmap.arrangement == Arrangement.STATUS:
        return deciding.change_status(idea, to=to.key, by=by, **words)
    plan = plan_of(idea)
    target: date | None = plan.target_on if plan else None
    if column_for(target) == to.key and idea.status in roadmap.statuses:
        return False
    if idea.status not in roadmap.statuses:
        raise Conflict("Ideas of this status are not on this roadmap. Change its status first.")
    grain = Grain.QUARTER if to.first else None
    return bool(planning.plan(idea, by=by, target_on=to.first, target_grain=grain))


def _place(
    roadmap: Roadmap, idea: Idea, to: Column, by: Person, after: int | None, place: int | None
) -> bool:
    item = queries.item_of(roadmap, idea)
    if after is None and place is None:
        return _forget(item)
    ids = _others(roadmap, idea, to, by)
    index = min(place - 1, len(ids)) if place else (ids.index(after) + 1 if after in ids else 0)
    held = _positions(roadmap, to)
    order = [key for key in ids if key in held]
    if idea.id in held and _stands_behind(idea.id, ids, index, held):
        return False
    above = ids[:index]
    placed = [*above, idea.id, *(key for key in order if key not in above)]
    _number(roadmap, placed, held | {idea.id: None}, by)
    return True


def _forget(item: RoadmapItem | None) -> bool:
    """By votes again."""
    if item is None or item.position is None:
        return False
    item.position, item.placed_for = None, ""
    return True


def _others(roadmap: Roadmap, idea: Idea, to: Column, by: Person) -> list[int]:
    """The other ideas of the column as whoever moves reads them, the first PLACED."""
    boards = ideas_queries.boards(by)
    [ids] = queries.first_ids(roadmap, [to], by, RoadmapFilter(), boards, queries.PLACED + 1)
    return [key for key in ids if key != idea.id]


def _positions(roadmap: Roadmap, column: Column) -> dict[int, int | None]:
    """Where those stand that were placed by hand in a column."""
    rows = sa.select(RoadmapItem.idea_id, RoadmapItem.position).where(placed_here(roadmap, column))
    return {row.idea_id: row.position for row in db.session.execute(rows)}


def _stands_behind(key: int, ids: Sequence[int], index: int, held: dict[int, int | None]) -> bool:
    """Whether it stands exactly there: all above are placed higher, all placed below lower."""
    mine = held[key] or 0
    above = [held.get(other) for other in ids[:index]]
    below = [place for other in ids[index:] if (place := held.get(other)) is not None]
    return all(place is not None and place < mine for place in above) and all(p > mine for p in below)


def _number(roadmap: Roadmap, order: Sequence[int], held: dict[int, int | None], by: Person) -> None:
    """Give places to those that have none, between their neighbours; all anew where there is no room."""
    places = _fitted([held.get(key) for key in order])
    for key, place in zip(order, places, strict=True):
        if held.get(key) != place:
            _put(roadmap, key, place, by)
    db.session.flush()


def _fitted(places: Sequence[int | None]) -> list[int]:
    """The same places, with numbers for those without."""
    found: list[int] = []
    for n, place in enumerate(places):
        if place is not None:
            found.append(place)
            continue
        following = next((each for each in places[n:] if each is not None), None)
        waiting = next((m for m, each in enumerate(places[n:]) if each is not None), 0)
        if following is None:
            found.append((found[-1] if found else 0) + GAP)
            continue
        before = found[-1] if found else following - GAP * (waiting + 1)
        found.append(before + (following - before) // (waiting + 1))
    rising = all(one < other for one, other in pairwise(found))
    return found if rising else [GAP * (n + 1) for n in range(len(found))]


def _put(roadmap: Roadmap, idea_id: int, place: int, by: Person) -> None:
    idea = db.session.get_one(Idea, idea_id)
    item = choosing.item_for(roadmap, idea, by=by)
    item.position, item.placed_for = place, mark_of(roadmap, idea, plan_of(idea))
