"""Reads of what changed since a vote. Nothing is asked of the database for an idea that never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.database import db
from portal.discussion.comparing import compare
from portal.discussion.models import Revision
from portal.ideas.confirming import weighing
from portal.ideas.confirming.models import Confirmation
from portal.ideas.models import Idea
from portal.voting.models import Vote

Parts = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Change:
    """How the text differs from the one that was voted for, and whether that is a large change."""

    at: datetime
    title: Parts
    body: Parts
    is_large: bool


def change_since(idea: Idea, vote: Vote | None) -> Change | None:
    """What changed since the voter voted or last confirmed; None when nothing did. At most one query."""
    if vote is None or vote.idea_id != idea.id or idea.edited_at is None or vote.cast_at >= idea.edited_at:
        return None
    mine = sa.and_(Confirmation.idea_id == idea.id, Confirmation.person_id == vote.person_id)
    confirmed = sa.select(Confirmation.at).where(mine).scalar_subquery()
    later = sa.and_(Revision.at > vote.cast_at, sa.or_(confirmed.is_(None), Revision.at > confirmed))
    as_it_was = sa.select(Revision).where(Revision.idea_id == idea.id, later).order_by(Revision.id).limit(1)
    old = db.session.scalar(as_it_was)
    if old is None or (old.body, old.title or idea.title) == (idea.body, idea.title):
        return None
    title, body = compare(old.title or idea.title, idea.title), compare(old.body, idea.body)
    return Change(idea.edited_at, title, body, weighing.is_large(title, body))


def standing(idea: Idea) -> tuple[int, int] | None:
    """How many voters voted for the text as it is now or confirmed it, and how many there are; for staff."""
    if idea.edited_at is None:
        return None
    own = sa.and_(Confirmation.idea_id == Vote.idea_id, Confirmation.person_id == Vote.person_id)
    knows = sa.or_(Vote.cast_at >= idea.edited_at, Confirmation.at >= idea.edited_at)
    numbers = sa.select(
        sa.func.coalesce(sa.func.sum(sa.case((knows, 1), else_=0)), 0), sa.func.count(Vote.id)
    )
    row = db.session.execute(numbers.outerjoin(Confirmation, own).where(Vote.idea_id == idea.id)).one()
    return int(row[0]), int(row[1])
