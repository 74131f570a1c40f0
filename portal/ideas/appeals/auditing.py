"""Audit: appeals, counted again from their rows."""

from collections.abc import Generator

import sqlalchemy as sa

from portal.activity.auditing import audits, compare
from portal.ideas.appeals.models import Appeal
from portal.ideas.models import Idea


@audits("appeals for ideas")
def count_appeals() -> Generator[str, None, int]:
    """`appeals` against the rows since the last decision."""
    its = sa.select(sa.func.count()).where(Appeal.idea_id == Idea.id, Appeal.closed_at.is_(None))
    counted = its.correlate(Idea).scalar_subquery()
    return (yield from compare("appeals of idea", sa.select(Idea.id, Idea.appeals, counted)))
