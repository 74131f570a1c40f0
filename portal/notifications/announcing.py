"""Announcing a new entry of the changelog to those who follow it and were not told of one of its ideas just before."""

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.database import db
from portal.ideas.changelog import following, queries
from portal.ideas.changelog.models import ChangelogEntry, ChangelogFollow
from portal.ideas.models import Idea
from portal.notifications.models import Notice, Telling, Why


def must_wait(telling: Telling) -> bool:
    """Whether people are still being told of something that happened before, as of an idea of the entry."""
    before = sa.exists().where(Telling.entry_id < telling.entry_id, Telling.done_at.is_(None))
    return bool(db.session.scalar(sa.select(before)))


def next_readers(telling: Telling, limit: int) -> list[tuple[int, int]]:
    """The next followers by id, with their place among the reasons: those who may read the entry, have an account and
    followed already when it was published. Who published it is not told, and nobody of what was withdrawn since."""
    entry = db.session.get(ChangelogEntry, telling.changelog_id, populate_existing=True)
    if entry is None or not entry.is_published:
        return []
    people = following.followers_of(entry).where(
        Person.erased_at.is_(None),
        Person.email.is_not(None),
        Person.id > telling.after_id,
        Person.id != (telling.actor_id or 0),
        ChangelogFollow.since <= telling.at,
        ~_told_of_an_idea(telling, entry),
    )
    place = list(Why).index(Why.READER)
    return [(person_id, place) for person_id in db.session.scalars(people.order_by(Person.id).limit(limit))]


def _told_of_an_idea(telling: Telling, entry: ChangelogEntry) -> sa.ColumnElement[bool]:
    """Whether a row of Person was told, with the publishing of the entry, of an idea that it tells of."""
    counting = sa.select(sa.func.coalesce(Idea.merged_into_id, Idea.id))
    ideas = counting.where(Idea.id.in_(queries.idea_ids_of(entry)))
    return sa.exists().where(
        Notice.person_id == Person.id,
        Notice.idea_id.in_(ideas),
        Notice.entry_id < telling.entry_id,
        Notice.at >= entry.published_at,
    )
