"""Holding ideas with all that count for them, in the one order that everybody keeps: by their numbers.

A vote on an idea changes the numbers of those that were merged into it too. Whoever took the one first and then the
others would wait for ever for somebody who comes from the other side. The locks keep nobody from naming an idea in a
row of their own. SQLite lets one transaction write at a time anyway.
"""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.database import db
from portal.errors import Conflict


def hold(ideas: Sequence[Any], state: Collection[str]) -> None:
    """Read this state of ideas as it is now, and keep others from changing them, and those that count for them, until
    the end.

    Raises Conflict when one was merged or parted at the same moment: the order cannot be kept then.
    """
    if len(ideas) > 1 or ideas[0].sources:
        _take(ideas)
    for idea in ideas:
        db.session.refresh(idea, {*state, "sources", "merged_into_id"}, with_for_update={"key_share": True})
    ids, counted = {idea.id for idea in ideas}, sum(idea.sources for idea in ideas)
    own = len(ids) - sum(idea.merged_into_id in ids for idea in ideas)
    # Those below are held already, so nobody is waited for; what came to an idea just now may be somebody's.
    if counted and _take(ideas, waiting=False) < counted + own:
        raise Conflict("Staff merged or parted this idea just now. Look at it again.")


def hold_with_authors(kind: Any, ids: Collection[int] | sa.Select[int]) -> None:
    """Keep others from changing several ideas of this `kind` until the end, and then their authors: whose points change
    with one idea must not be waited for by whoever holds the next one."""
    _lock(kind, ids)
    authors = sa.select(kind.author_id).where(kind.id.in_(ids))
    people = sa.select(Person.id).where(Person.id.in_(authors)).order_by(Person.id)
    db.session.execute(people.with_for_update(key_share=True))


def _take(ideas: Sequence[Any], *, waiting: bool = True) -> int:
    return _lock(type(ideas[0]), {idea.id for idea in ideas}, waiting=waiting)


def _lock(kind: Any, ids: Collection[int] | sa.Select[int], *, waiting: bool = True) -> int:
    """Lock the rows of these ideas and of those that count for them; returns how many it got."""
    family = sa.or_(kind.id.in_(ids), kind.merged_into_id.in_(ids))
    rows = (
        sa.select(kind.id)
        .where(family)
        .order_by(kind.id)
        .with_for_update(key_share=True, skip_locked=not waiting)
    )
    return len(db.session.scalars(rows).all())
