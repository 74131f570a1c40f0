"""Heeding: what a contact wants, by what the CRM says, of those alone who may be written there."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import CrmOptOutPulled
from portal.crm_bridge import consenting
from portal.crm_bridge.gateway import Held
from portal.crm_bridge.marking import UNSEEN
from portal.crm_bridge.pulling import keeping
from portal.crm_bridge.pulling.cleaning import opts_out
from portal.crm_bridge.pulling.matching import person_of
from portal.crm_bridge.pulling.models import CrmPulled
from portal.database import db


def land(connection: str, records: Sequence[Held], before: Mapping[str, CrmPulled]) -> list[str]:
    """Keep what these contacts say; returns a line for each person for whom it changes something.

    A tombstone, or consent that is gone, keeps everything out.
    """
    now = clock.now()
    people = {each: held for held in records if (each := person_of(held)) is not None}
    refused = consenting.refusals(connection, people)
    kept = {person_id: held for person_id, held in people.items() if person_id not in refused}
    keeping.keep(
        [
            keeping.row(connection, "contact", held, before.get(str(held.ref.remote_id)), now)
            | {"entity_id": person_id}
            for person_id, held in kept.items()
        ]
    )
    _forget(connection, [str(people[each].ref.remote_id) for each in refused])
    return list(_note_opt_outs(kept))


def _forget(connection: str, ids: Sequence[str]) -> None:
    its = CrmPulled.connection == connection, CrmPulled.kind == "contact", CrmPulled.remote_id.in_(ids)
    db.session.execute(sa.delete(CrmPulled).where(*its), execution_options=UNSEEN)


def _note_opt_outs(people: Collection[int]) -> Iterator[str]:
    """A CRM that does not say anything changes nothing."""
    locked = sa.select(Person).where(Person.id.in_(people)).order_by(Person.id)
    locked = locked.with_for_update(key_share=True).execution_options(populate_existing=True)
    said = _opted_out(people)
    for person in db.session.scalars(locked):
        out = said.get(person.id)
        if out is not None and out != (person.mail_opt_out_at is not None):
            person.mail_opt_out_at = clock.now() if out else None
            journal.record(CrmOptOutPulled(actor_id=None, person_id=person.id, opted_out=out))
            yield f"person:{person.id}: {'no news by mail' if out else 'news again'}"


def _opted_out(people: Collection[int]) -> dict[int, bool]:
    """Whether these want no such mail, by all that any CRM says of them; who is not in it, of them none says it."""
    its = sa.select(CrmPulled.entity_id, CrmPulled.fields).where(
        CrmPulled.kind == "contact", CrmPulled.entity_id.in_(people), CrmPulled.gone_at.is_(None)
    )
    out: dict[int, bool] = {}
    for person_id, fields in db.session.execute(its):
        said = opts_out(fields)
        if person_id is not None and said is not None:
            out[person_id] = said or out.get(person_id, False)
    return out
