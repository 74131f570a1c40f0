"""Counting whom a workaround helps, in the transaction of what changes it."""

from collections import Counter
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from portal.activity.events import AddedVoteRemoved, ContentImported, IdeaMerged, IdeaParted, VoteWithdrawn
from portal.activity.journal import hears
from portal.database import db
from portal.ideas.models import Idea
from portal.moderation.workarounds.models import Help
from portal.moderation.workarounds.queries import counts

QUIETLY = {"synchronize_session": False}


def settle(idea_ids: Collection[int] | sa.Select[int], person_id: int | None = None) -> None:
    """Count on these ideas what counts now and did not, and the other way round; of one person, or of all."""
    db.session.flush()
    which = (
        Help.idea_id.in_(idea_ids)
        if person_id is None
        else sa.and_(Help.idea_id.in_(idea_ids), Help.person_id == person_id)
    )
    steps = Counter(_turn(which, Help.counted.is_(False), counts(), counted=True))
    steps.subtract(Counter(_turn(which, Help.counted.is_(True), ~counts(), counted=False)))
    for idea_id, step in sorted(steps.items()):
        if step:
            move(idea_id, step)


def _turn(*which: sa.ColumnElement[bool], counted: bool) -> list[int]:
    turned = sa.update(Help).where(*which).values(counted=counted).returning(Help.idea_id)
    return list(db.session.scalars(turned, execution_options=QUIETLY))


def move(idea_id: int, step: int) -> None:
    """So many more people are helped."""
    moved = sa.update(Idea).where(Idea.id == idea_id).values(helped=Idea.helped + step)
    db.session.execute(moved, execution_options=QUIETLY)
    idea: Any = db.session.identity_map.get(db.session.identity_key(Idea, idea_id))
    if idea is not None:
        db.session.expire(idea, ["helped"])


@hears(VoteWithdrawn, AddedVoteRemoved)
def follow_vote(event: VoteWithdrawn | AddedVoteRemoved) -> None:
    """Who has no vote for it any more is not counted. No query where nobody is helped: the idea is held."""
    person_id = event.actor_id if isinstance(event, VoteWithdrawn) else event.person_id
    idea = db.session.get(Idea, event.idea_id)
    if idea is not None and idea.merged_into_id is not None:
        idea = db.session.get(Idea, idea.merged_into_id)
    if idea is not None and idea.helped and person_id is not None:
        settle([idea.id], person_id)


@hears(IdeaMerged)
def follow_merge(event: IdeaMerged) -> None:
    """Votes count for another idea now."""
    settle([event.idea_id, event.into_id])


@hears(IdeaParted)
def follow_parting(event: IdeaParted) -> None:
    """Votes count for their own idea again."""
    settle([event.idea_id, event.from_id])


@hears(ContentImported)
def follow_import(_: ContentImported) -> None:
    """An import merges ideas and moves votes without an event for each."""
    helped = sa.select(Idea.id).where(Idea.helped > 0)
    # Ideas first, in their order: who takes a vote back holds the idea and wants the row of whom it helps.
    db.session.execute(helped.order_by(Idea.id).with_for_update(key_share=True))
    settle(helped)
