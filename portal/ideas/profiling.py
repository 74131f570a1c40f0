"""Showing on a profile what the person proposed last."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import joinedload, load_only

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.ideas.models import Idea
from portal.ideas.queries import cards, visible_to
from portal.voting.models import Vote


def latest_of(viewer: Viewer, person: Person) -> Sequence[Idea]:
    """The newest ideas of the person that the viewer may see."""
    mine = visible_to(viewer).where(Idea.author_id == person.id)
    return cards(mine.order_by(Idea.created_at.desc(), Idea.id.desc()).limit(5))


def added_for(viewer: Viewer, person: Person) -> Sequence[Any]:
    """The newest votes that staff added for the person, each with its idea; for the person and for staff."""
    if viewer.id != person.id and not viewer.is_staff:
        return ()
    votes = visible_to(viewer).join(Vote, Vote.idea_id == Idea.id).add_columns(Vote)
    votes = votes.where(Vote.person_id == person.id, Vote.added_by_id.is_not(None)).order_by(
        Vote.cast_at.desc()
    )
    behind = (load_only(Idea.title), joinedload(Vote.added_by).load_only(Person.name))
    return [(vote, idea) for idea, vote in db.session.execute(votes.options(*behind).limit(10))]
