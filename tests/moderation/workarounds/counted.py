"""How many are helped, with every audit asked."""

from portal.activity.auditing import audit_all
from portal.database import db


def helped(idea):
    db.session.commit()
    differences = [each.differences for each in audit_all() if each.differences]
    db.session.rollback()
    assert differences == []
    db.session.refresh(idea)
    return idea.helped
