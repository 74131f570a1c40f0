"""Erasing the titles of what somebody asked, where nobody else said anything to it."""

from collections.abc import Mapping

import sqlalchemy as sa

from portal.accounts.erasing import TITLE, erases, rows_of
from portal.discussion.models import Post
from portal.forums.models import Topic


@erases(order=12)
def forget_titles(person_id: int, texts: bool) -> Mapping[str, int]:
    """With the texts. Where others answered, the title stays: their words would speak of nothing."""
    if not texts:
        return {}
    another = Post.author_id.is_(None) | (Post.author_id != person_id)
    answered = sa.exists().where(Post.topic_id == Topic.id, another)
    title = sa.update(Topic).where(Topic.author_id == person_id, ~answered, Topic.title != TITLE)
    return {"titles": rows_of(title.values(title=TITLE))}
