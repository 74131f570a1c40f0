"""Unsaying: what a CRM said of others, or of a whole call, may name somebody who is erased. Then the words go."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from portal.accounts.erasing import erases, rows_of
from portal.accounts.models import Person
from portal.crm_bridge.alarms.models import CrmAlarm
from portal.crm_bridge.connections.jobs.models import CrmJob
from portal.crm_bridge.models import DONE, CrmConnection, CrmInteraction, CrmLink
from portal.crm_bridge.pauses.models import CrmPause
from portal.crm_bridge.rules.models import CrmFiring
from portal.database import db

UNSAID = "(said of somebody who was erased)"
SHORTEST = 3
"""A shorter name stands in too many words."""

JOBS = sa.cast(CrmJob.found, sa.Text)
PLACES: tuple[tuple[Any, Any], ...] = (
    *((each, sa.true()) for each in (CrmConnection.failure, CrmAlarm.words, CrmPause.why, CrmJob.says, JOBS)),
    (CrmLink.message, CrmLink.state != DONE),
    *((each, each.is_not(None)) for each in (CrmInteraction.message, CrmFiring.failure)),
)
"""Where words of a CRM stand, and in which rows."""


@erases(order=63)
def unsay(person_id: int, _texts: bool) -> Mapping[str, int]:
    """Take away all words that name the person by name or mail address."""
    its = Person.id == person_id, Person.erased_at.is_(None)
    who = db.session.execute(sa.select(Person.name, Person.email).where(*its))
    marks = [each for row in who for each in row if each and len(each) >= SHORTEST]
    if not marks:
        return {}
    named = [sa.and_(rows, _names(place, marks)) for place, rows in PLACES]
    # One look for all: hardly ever there is anything to take away.
    some = [sa.select(sa.literal(n)).where(sa.exists().where(each)) for n, each in enumerate(named)]
    found = sorted(db.session.scalars(sa.union_all(*some)))
    return {"words of a CRM": sum(_take_away(PLACES[n][0], named[n], marks) for n in found)}


def _names(place: Any, marks: list[str]) -> sa.ColumnElement[bool]:
    """Whether one of the marks stands there; JSON may write its letters in another way."""
    forms = {form for each in marks for form in (each, json.dumps(each)[1:-1])}
    return sa.or_(*(place.icontains(form, autoescape=True) for form in sorted(forms)))


def _take_away(place: Any, named: sa.ColumnElement[bool], marks: list[str]) -> int:
    if place is not JOBS:
        return rows_of(sa.update(place.class_).where(named).values({place.key: UNSAID}))
    jobs = db.session.scalars(sa.select(CrmJob).where(named).order_by(CrmJob.id).with_for_update()).all()
    folded = [each.casefold() for each in marks]
    for job in jobs:
        job.found = {name: _without(value, folded) for name, value in job.found.items()}
    db.session.flush()
    return len(jobs)


def _without(value: Any, folded: list[str]) -> Any:
    if isinstance(value, list):
        return [_without(each, folded) for each in value]
    return UNSAID if isinstance(value, str) and any(each in value.casefold() for each in folded) else value
