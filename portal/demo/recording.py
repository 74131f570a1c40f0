"""Recording in the demo what the customer records show beside what people do: a line that the CRM refused, where people are
found elsewhere, and the receipt of who left."""

from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.accounts.handles.models import Handle, Place
from portal.accounts.models import Erasure, Person
from portal.activity.events import PostWritten
from portal.activity.models import Entry
from portal.crm_bridge import connecting
from portal.crm_bridge.consenting import ERASED, consents
from portal.crm_bridge.models import DEFAULT, CrmInteraction, CrmTombstone, Entity, LinkState
from portal.crm_bridge.receipts.models import CrmReceipt, Done
from portal.database import db

REFUSED = "The text of an activity holds at most 255 characters; this one has 312."
PLACES = (
    (Place.LINKEDIN, "https://www.linkedin.com/in/{}"),
    (Place.MASTODON, "@{}@work.example"),
)
UNTIL_PUSHED = timedelta(minutes=1)


def record() -> None:
    """All of it. Changes nothing where nobody consented."""
    connecting.make_default()
    _refuse_one()
    _link_some()
    _hand_out_receipts()


def _refuse_one() -> None:
    """The newest comment of somebody who agreed did not get into their history."""
    written = sa.select(Entry).join(Person, Person.id == Entry.actor_id).where(consents())
    newest = written.where(Entry.kind == PostWritten.kind).order_by(Entry.id.desc()).limit(1)
    entry = db.session.scalar(newest)
    if entry is not None:
        about = {name: entry.data.get(name) for name in ("idea_id", "topic_id", "post_id")}
        row = CrmInteraction(connection=DEFAULT, entry_id=entry.id, person_id=entry.actor_id, kind=entry.kind)
        row.at, row.state, row.attempts, row.message = entry.at, LinkState.QUARANTINED, 1, REFUSED
        for name, value in about.items():
            setattr(row, name, value)
        db.session.add(row)


def _link_some() -> None:
    """The two who earned most say where else they are found."""
    best = sa.select(Person).where(consents()).order_by(Person.reputation.desc(), Person.id).limit(2)
    for person, (place, pattern) in zip(db.session.scalars(best).all(), PLACES, strict=False):
        name = str(person.email).partition("@")[0]
        address = pattern.format(name)
        db.session.add(Handle(person_id=person.id, place=place, address=address, added_at=person.created_at))


def _hand_out_receipts() -> None:
    """Who left was in the CRM: it let go of them a minute later."""
    for erasure in db.session.scalars(sa.select(Erasure).order_by(Erasure.person_id)).all():
        line = {"person_id": erasure.person_id, "connection": DEFAULT, "vendor": "embedded", "reason": ERASED}
        at = min(erasure.at + UNTIL_PUSHED, clock.now())
        there = (("contact", 1), ("vote", 6), ("history", 3))
        for kind, count in there:
            what = {**line, "remote_type": kind, "records": count}
            db.session.add(CrmReceipt(**what, at=erasure.at, done=Done.ASKED, answer={}))
        for kind, count in there:
            what = {
                **line,
                "remote_type": kind,
                "records": count,
                "remote_id": "41" if kind == "contact" else None,
            }
            answer = {} if kind == "history" else {"status": "erased"}
            db.session.add(CrmReceipt(**what, at=at, done=Done.REMOVED, answer=answer))
        buried = {"connection": DEFAULT, "entity": Entity.PERSON, "entity_id": erasure.person_id}
        db.session.add(
            CrmTombstone(**buried, remote_type="contact", remote_id="41", reason=ERASED, erased_at=at)
        )
