"""Recording: an act writes one event in its own transaction, and listeners act in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from portal import clock
from portal.activity.events import Event
from portal.activity.models import Entry
from portal.database import db

Listener = Callable[[Any], None]
EventT = TypeVar("EventT", bound=Event)

_TABLE: Any = Entry.__table__
_INSERT = sa.insert(_TABLE).returning(_TABLE.c.id)
_listeners: dict[type[Event], list[Listener]] = defaultdict(list)


def hears(*kinds: type[Event]) -> Callable[[Listener], Listener]:
    """Register a listener for events of these kinds. It runs in the transaction of the act and never commits."""

    def register(listener: Listener) -> Listener:
        for kind in kinds:
            _listeners[kind].append(listener)
        return listener

    return register


def record(event: Event) -> int:
    """Write the event into the journal and tell the listeners. Returns the id of the entry."""
    # The things that the event names must have their ids and rows before listeners look for them.
    db.session.flush()
    fields = {"at": clock.now(), "actor_id": event.actor_id, "kind": event.kind, "data": event.data()}
    entry_id = db.session.scalar(_INSERT, fields)
    for listener in _listeners[type(event)]:
        listener(event)
    db.session.info["journaled"] = True
    return cast(int, entry_id)
