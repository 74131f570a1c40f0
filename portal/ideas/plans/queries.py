"""Every read of plans and internal notes. Whoever asks was found to be staff."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Person
from portal.accounts.permissions import STAFF
from portal.database import db
from portal.ideas.models import Idea
from portal.ideas.plans.models import InternalNote, Plan

MOST_NOTES = 200


def plan_of(idea: Idea) -> Plan | None:
    """What is planned for an idea, if anything."""
    plan = sa.select(Plan).where(Plan.idea_id == idea.id).options(joinedload(Plan.owner))
    return db.session.scalar(plan)


def notes_on(idea: Idea) -> Sequence[InternalNote]:
    """The newest internal notes, the newest first."""
    notes = sa.select(InternalNote).where(InternalNote.idea_id == idea.id)
    newest = notes.options(joinedload(InternalNote.author)).order_by(InternalNote.id.desc())
    return db.session.scalars(newest.limit(MOST_NOTES)).all()


def staff() -> Sequence[Person]:
    """Who may own an idea: staff that can sign in, by name."""
    people = sa.select(Person).where(Person.role.in_(STAFF), Person.active.is_(True))
    return db.session.scalars(people.order_by(Person.name, Person.id)).all()
