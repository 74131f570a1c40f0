"""Merging a pair, and asking every audit."""

from portal.activity.auditing import audit_all
from portal.database import db
from portal.ideas.merging.joining import merge


def merged(pair, by, **words):
    done = merge(*pair, by=by, **words)
    db.session.commit()
    return done


def no_differences():
    return not [each for each in audit_all() if each.differences]
