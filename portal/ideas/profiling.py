"""Showing on a profile what the person proposed last."""

from collections.abc import Sequence

from portal.accounts.models import Person, Viewer
from portal.ideas.models import Idea
from portal.ideas.queries import cards, visible_to


def latest_of(viewer: Viewer, person: Person) -> Sequence[Idea]:
    """The newest ideas of the person that the viewer may see."""
    mine = visible_to(viewer).where(Idea.author_id == person.id)
    return cards(mine.order_by(Idea.created_at.desc(), Idea.id.desc()).limit(5))
