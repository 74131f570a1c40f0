"""Showing on a profile what the person asked last."""

from collections.abc import Sequence

from portal.accounts.models import Person, Viewer
from portal.forums.models import Topic
from portal.forums.queries import fetch, for_list


def latest_of(viewer: Viewer, person: Person) -> Sequence[Topic]:
    """The newest topics of the person that the viewer may see."""
    mine = for_list(viewer).where(Topic.author_id == person.id)
    return fetch(mine.order_by(Topic.created_at.desc(), Topic.id.desc()).limit(5))
