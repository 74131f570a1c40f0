"""Settling votes that came from elsewhere: an import adds them to ideas, whatever counts for those."""

from collections.abc import Collection

import sqlalchemy as sa

from portal.database import db
from portal.ideas.merging import queries
from portal.ideas.merging.joining import hold
from portal.ideas.models import Idea
from portal.voting import uniting
from portal.voting.counting import recount


def settle(idea_ids: Collection[int]) -> int:
    """Have votes that were just added count where their ideas count; returns how many families that were."""
    top = sa.func.coalesce(Idea.merged_into_id, Idea.id)
    merged = sa.or_(Idea.merged_into_id.is_not(None), Idea.sources > 0)
    tops = list(db.session.scalars(sa.select(top).where(Idea.id.in_(idea_ids), merged).distinct()))
    found = sa.select(Idea).where(Idea.id.in_(tops)).order_by(Idea.id)
    ideas = db.session.scalars(found.execution_options(populate_existing=True)).all()
    if ideas:
        hold(*ideas)
    for idea in ideas:
        uniting.unite(queries.family_of(idea))
        for each in (idea, *queries.below(idea)):
            recount(each)
    return len(tops)
