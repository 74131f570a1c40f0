"""Listing ideas: one page of a list, and the numbers that count in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.ideas.models import Idea
from portal.ideas.queries import for_cards
from portal.paging import Keyset
from portal.voting.demand.models import Portion


@dataclass(frozen=True)
class Listed:
    """Ideas of one page; `portions`: the numbers of each by id, where not all votes count."""

    rows: Sequence[Idea]
    newer: str | None
    older: str | None
    portions: Mapping[int, Portion]


def listed(order: Keyset[Any], among: str, found: sa.Select[Any], *, cursor: str | None, size: int) -> Listed:
    """One page of ideas that were found, as cards. One query; raises Unusable for a broken cursor.

    The order may be of a table that `found` joins and that has an `idea_id`; with `among` it joins portions.
    """
    ordering: Any = order.columns[0].class_
    beside = list(
        dict.fromkeys([*([Portion] if among else []), *([ordering] if ordering is not Idea else [])])
    )
    seen: dict[int, tuple[Any, ...]] = {}

    def fetch(rows: sa.Select[Any]) -> Sequence[Any]:
        for row in db.session.execute(for_cards(rows).add_columns(*beside)):
            seen[row[0].id] = tuple(row)
        return [next(each for each in row if isinstance(each, ordering)) for row in seen.values()]

    page = order.page(fetch, found, cursor=cursor, size=size)
    kept = [seen[row.id if ordering is Idea else row.idea_id] for row in page.rows]
    portions = {row[0].id: row[1] for row in kept} if among else {}
    return Listed([row[0] for row in kept], page.newer, page.older, portions)
