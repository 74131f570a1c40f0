"""What works around an idea, and whom it helps, where that stands under an idea: questions stay where they are."""

import sqlalchemy as sa

from portal.discussion.models import Post
from portal.moderation.workarounds.models import Help, Workaround
from portal.transfer.complete.listing import carry


def _of_ideas(model: type[Workaround | Help]) -> sa.ColumnElement[bool]:
    return model.post_id.in_(sa.select(Post.id).where(Post.idea_id.is_not(None)))


carry(Workaround, where=lambda: _of_ideas(Workaround))
carry(Help, where=lambda: _of_ideas(Help))
