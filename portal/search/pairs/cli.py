"""What the worker does each minute: look for what resembles new ideas, a few at a time."""

from collections.abc import Callable

from portal.activity.reading import never
from portal.database import db, reading_only
from portal.search.index import Index, NoIndex
from portal.search.pairs import pairing, queries

AT_ONCE = 25
"""Ideas a minute: an import is looked through in the background, and nobody waits for it."""


def look(index: Index, stopping: Callable[[], bool] = never) -> int:
    """Look for the newest ideas that wait, each in a transaction of its own; returns how many pairs were found."""
    found = 0
    with reading_only():
        waiting = queries.unpaired(AT_ONCE)
        db.session.rollback()
    for idea_id, title in waiting:
        if stopping():
            break
        try:
            near = pairing.near(index, idea_id, title)
        except NoIndex:
            break
        found += pairing.keep(idea_id, near)
        db.session.commit()
    return found
