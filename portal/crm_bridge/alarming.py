"""Alarming: admins are told, once, that a connection stopped."""

import sqlalchemy as sa

from portal.accounts.mailing import post
from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.activity import journal
from portal.activity.events import CrmConnectionStopped
from portal.database import db

LETTER = """The connection {name} to the CRM stopped. What the CRM said last:

{words}

Nothing is lost: what changes is noted, and the worker tries again by itself. If the CRM no longer knows the portal,
give it new credentials with `flask crm connect {name} --set …`. How it stands: {url}/crm/
"""


def tell_admins(name: str, words: str, url: str) -> None:
    """A mail to each admin, sent after the commit, and an entry of the journal."""
    admins = sa.select(Person.email).where(
        Person.role == Role.ADMIN, Person.active, Person.erased_at.is_(None), Person.email.is_not(None)
    )
    for email in db.session.scalars(admins.order_by(Person.id)):
        text = LETTER.format(name=name, words=words, url=url.rstrip("/"))
        post(str(email), f"The CRM connection {name} stopped", text)
    journal.record(CrmConnectionStopped(actor_id=None, connection=name, words=words[:300]))
