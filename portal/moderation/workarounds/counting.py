"""Counting whom a workaround helps, in the transaction of what changes it."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.activity.events import AddedVoteRemoved, ContentImported, IdeaMerged, IdeaParted, VoteWithdrawn
from portal.activity.journal import hears
from portal.database import db
from portal.ideas.models import Idea
from portal.moderation.workarounds import queries
from portal.moderation.workarounds.models import Help

QUIETLY = {"synchronize_session": False}


def settle(idea_ids: Collection[int] | sa.Select[int]) -> None:
    """Count anew whom the workarounds of these ideas help, with those that they count for or that count for them. All of
    them are held."""
    db.session.flush()
    family = _families(idea_ids)
    _turn(Help.idea_id.in_(family))
    now = queries.helped_now()
    new = sa.update(Idea).where(Idea.id.in_(family), Idea.helped != now).values(helped=now)
    for idea_id in db.session.scalars(new.returning(Idea.id), execution_options=QUIETLY).all():
        _expire(idea_id)


def settle_person(idea_id: int, person_id: int) -> None:
    """The same of one person, on an idea that stands for itself."""
    db.session.flush()
    if step := _turn(Help.idea_id.in_(_families([idea_id])), Help.person_id == person_id):
        move(idea_id, step)


def _families(idea_ids: Collection[int] | sa.Select[int]) -> list[int]:
    own = aliased(Idea)
    tops = sa.select(sa.func.coalesce(own.merged_into_id, own.id)).where(own.id.in_(idea_ids))
    family = sa.select(Idea.id).where(sa.or_(Idea.id.in_(tops), Idea.merged_into_id.in_(tops)))
    return list(db.session.scalars(family.order_by(Idea.id)))


def _turn(*which: sa.ColumnElement[bool]) -> int:
    """Have rows say whether they count; returns how many more do."""
    step = 0
    for counted in (True, False):
        odd = queries.counts() if counted else ~queries.counts()
        turned = sa.update(Help).where(*which, Help.counted.is_(not counted), odd).values(counted=counted)
        rows = db.session.scalars(turned.returning(Help.id), execution_options=QUIETLY).all()
        step += len(rows) if counted else -len(rows)
    return step


def move(idea_id: int, step: int) -> None:
    """So many more people are helped."""
    moved = sa.update(Idea).where(Idea.id == idea_id).values(helped=Idea.helped + step)
    db.session.execute(moved, execution_options=QUIETLY)
    _expire(idea_id)


def _expire(idea_id: int) -> None:
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
        settle_person(idea.id, person_id)


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
    family = sa.select(Idea.id).where(Idea.id.in_(_families(helped))).order_by(Idea.id)
    settle(list(db.session.scalars(family.with_for_update(key_share=True))))
