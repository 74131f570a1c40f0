"""Following the changelog, and who is to hear of an entry."""

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.activity import journal
from portal.activity.events import ChangelogFollowed
from portal.database import db, insert_missing
from portal.ideas import seeing
from portal.ideas.audiences.queries import chosen_for
from portal.ideas.changelog.models import ChangelogEntry, ChangelogFollow


def follow(person: Person) -> bool:
    """They want to hear of new entries. False when they did already."""
    if not insert_missing(ChangelogFollow, [{"person_id": person.id, "since": clock.now()}]):
        return False
    journal.record(ChangelogFollowed(actor_id=person.id, following=True))
    return True


def stop(person: Person) -> bool:
    """They want to hear no more. False when they did not."""
    gone = sa.delete(ChangelogFollow).where(ChangelogFollow.person_id == person.id)
    if db.session.execute(gone.returning(ChangelogFollow.person_id)).first() is None:
        return False
    journal.record(ChangelogFollowed(actor_id=person.id, following=False))
    return True


def followers_of(entry: ChangelogEntry) -> sa.Select[int]:
    """The ids of the people who follow the changelog and may read this entry. One query is run to find its companies."""
    people = sa.select(Person.id).join(ChangelogFollow, ChangelogFollow.person_id == Person.id)
    return people.where(Person.active.is_(True), readers_of(entry))


def readers_of(entry: ChangelogEntry) -> sa.ColumnElement[bool]:
    """What must hold for a row of Person so that this entry, once it is published, is for them: `visible_to`, asked for
    many people at once. One query."""
    held = chosen_for(entry)
    may_read = seeing.people_seeing(
        entry.audience, companies=held.companies, segments=held.segments, tiers=held.tiers
    )
    return sa.or_(Person.role != Role.CUSTOMER, may_read)
