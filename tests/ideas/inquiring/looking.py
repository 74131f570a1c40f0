"""What the worker does with quiet ideas at a moment, and what became of them."""

from datetime import UTC, datetime

import sqlalchemy as sa

from portal import clock
from portal.activity import reading
from portal.activity.auditing import audit_all
from portal.database import db
from portal.ideas.inquiries.cli import ask_and_close
from portal.ideas.inquiring.models import Inquiry
from portal.notifications.noticing import NoticeReader
from tests import waiting

NOW = datetime(2027, 6, 1, 9, tzinfo=UTC)
"""Long after everything that factories make."""


def look(moment=NOW):
    """What the worker does at that moment, telling people of it too; how many were asked and closed."""
    db.session.commit()
    with clock.at(moment):
        done = ask_and_close()
        tell()
    db.session.expire_all()
    return done


def tell():
    """Let people be told what waits."""
    waiting.until_all_can_be_read()
    reading.catch_up(NoticeReader())
    db.session.commit()


def asked(idea):
    """How each inquiry about an idea ended, the first one first."""
    rows = sa.select(Inquiry.ended).where(Inquiry.idea_id == idea.id).order_by(Inquiry.id)
    return list(db.session.scalars(rows))


def audited():
    return [(each.name, each.differences) for each in audit_all() if each.differences]
