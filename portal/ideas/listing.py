"""Listing ideas: one page of a list, and the numbers that count in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.ideas.filtering import IdeaFilter
from portal.ideas.models import Idea
from portal.ideas.queries import cards, for_cards
from portal.paging import Page
from portal.voting.demand.models import Portion


@dataclass(frozen=True)
class Listed:
    """Ideas of one page; `portions`: the numbers of each by id, where not all votes count."""

    rows: Sequence[Idea]
    newer: str | None
    older: str | None
    portions: Mapping[int, Portion]


def listed(wanted: IdeaFilter, found: sa.Select[Any], *, cursor: str | None, size: int) -> Listed:
    """One page of the ideas that were found by this filter. One query; raises Unusable for a broken cursor."""
    if not wanted.among:
        page: Page[Idea] = wanted.order.page(cards, found, cursor=cursor, size=size)
        return Listed(page.rows, page.newer, page.older, {})
    ideas: dict[int, Idea] = {}
    portions: dict[int, Portion] = {}

    def fetch(rows: sa.Select[Any]) -> Sequence[Any]:
        pairs = [(row[0], row[1]) for row in db.session.execute(for_cards(rows).add_columns(Portion))]
        ideas.update({idea.id: idea for idea, _ in pairs})
        portions.update({portion.idea_id: portion for _, portion in pairs})
        return [portion if wanted.sort == "top" else idea for idea, portion in pairs]

    found_page = wanted.order.page(fetch, found, cursor=cursor, size=size)
    keys = [row.idea_id if wanted.sort == "top" else row.id for row in found_page.rows]
    return Listed([ideas[key] for key in keys], found_page.newer, found_page.older, portions)
