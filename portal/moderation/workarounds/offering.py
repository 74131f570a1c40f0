"""Offering to exports what works around an idea, and how many that helps."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal import tables
from portal.accounts.models import Viewer
from portal.database import db
from portal.discussion.models import Post
from portal.ideas.models import Idea
from portal.markup import text_of
from portal.moderation.workarounds.models import Workaround
from portal.moderation.workarounds.queries import of_idea, stands
from portal.tables import Cells, Column

GROUP = "Who wants it"
COLUMNS = (
    Column("helped", GROUP, "How many of its voters say that a workaround helps them for now"),
    Column("workaround", GROUP, "The words of the workaround"),
)
LONGEST = 2_000


def offer() -> None:
    """Let exports have these columns."""
    tables.offer("workarounds", COLUMNS, _cells)


def _cells(batch: Sequence[int], viewer: Viewer) -> Cells:
    rows = sa.select(Idea.id, Idea.helped, Post.body_html).select_from(Idea)
    rows = rows.outerjoin(Workaround, Workaround.id == of_idea(viewer))
    # What is hidden never leaves.
    rows = rows.outerjoin(Post, sa.and_(Post.id == Workaround.post_id, stands())).where(Idea.id.in_(batch))
    return {
        idea_id: {"helped": helped, "workaround": text_of(html, LONGEST) if html else ""}
        for idea_id, helped, html in db.session.execute(rows)
    }
