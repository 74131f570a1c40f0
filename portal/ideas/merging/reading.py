"""Reading with an idea what was said on those that were merged into it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from portal.accounts.models import Viewer
from portal.database import db
from portal.discussion import queries as posts
from portal.discussion.models import Post
from portal.discussion.queries import Shown
from portal.ideas.merging.queries import Merges, told_of
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to

SHOWN = 5
SOURCES = 10


@dataclass(frozen=True)
class Carried:
    """The first comments on a merged idea, and how many there are."""

    source: Idea
    rows: Sequence[Shown]

    @property
    def total(self) -> int:
        return self.source.comments

    @property
    def more(self) -> bool:
        """Whether there are more than these."""
        return self.total > sum(1 + len(row.comments) + row.more for row in self.rows)


def merges_of(idea: Idea, viewer: Viewer) -> Merges:
    """All that the page of an idea tells of merges, with the comments that came with them."""
    return replace(told_of(idea, viewer), carried=carried_to(idea, viewer))


def carried_to(idea: Idea, viewer: Viewer) -> Sequence[Carried]:
    """The comments that came with merged ideas, as far as the viewer may read them. No query without merges, else
    three."""
    if not idea.sources:
        return ()
    seen = visible_to(viewer).where(Idea.merged_into_id == idea.id, Idea.comments > 0)
    few = seen.options(load_only(Idea.title, Idea.comments)).order_by(Idea.id).limit(SOURCES)
    sources = {each.id: each for each in db.session.scalars(few)}
    place = sa.func.row_number().over(partition_by=Post.idea_id, order_by=Post.position).label("place")
    tops = sa.select(Post.id, place).where(
        Post.idea_id.in_(sources), Post.parent_id.is_(None), posts.not_hidden_from(viewer)
    )
    first = tops.subquery()
    rows = posts.with_author(sa.select(Post)).join(first, first.c.id == Post.id).where(first.c.place <= SHOWN)
    shown = posts.with_comments(db.session.scalars(rows.order_by(Post.idea_id, Post.position)), viewer)
    return [
        Carried(source, [each for each in shown if each.post.idea_id == key])
        for key, source in sources.items()
    ]
