"""What was said under ideas, how it changed, its links, labels and followers, and what moderators did."""

import sqlalchemy as sa

from portal.discussion.drafts.models import Draft
from portal.discussion.models import Label, Labelling, Link, Post, Revision
from portal.moderation.models import Flag, ModerationAct
from portal.notifications.models import Watch
from portal.transfer.complete.carrying_people import FOLLOWS
from portal.transfer.complete.cooking import COOKED, cook, tell
from portal.transfer.complete.listing import carry, leave_out


def _of_ideas(model: type[Revision | Flag | ModerationAct]) -> sa.ColumnElement[bool]:
    """Rows about an idea, or about a comment on one."""
    posts = sa.select(Post.id).where(Post.idea_id.is_not(None))
    return sa.or_(model.idea_id.is_not(None), model.post_id.in_(posts))


carry(
    Post,
    where=lambda: Post.idea_id.is_not(None),
    # A comment on a comment stands after all that stand by themselves.
    first=(Post.parent_id.is_not(None),),
    without=COOKED | dict.fromkeys(("votes_up", "votes_down"), FOLLOWS),
    tell=tell,
    make=cook,
)
carry(Revision, where=lambda: _of_ideas(Revision))
carry(Label)
carry(Labelling, where=lambda: Labelling.idea_id.is_not(None))
carry(Link, where=lambda: sa.and_(Link.from_idea_id.is_not(None), Link.to_idea_id.is_not(None)))
carry(Watch, where=lambda: Watch.idea_id.is_not(None))
carry(Flag, where=lambda: _of_ideas(Flag))
carry(ModerationAct, where=lambda: _of_ideas(ModerationAct))
leave_out(Draft, "what nobody posted yet is for its writer alone")
