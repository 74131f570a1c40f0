"""The worker's part of customer records: what staff want to see is read again from the CRM. It ends its transactions."""

import logging
from collections.abc import Callable
from typing import Any

from portal.crm_bridge import connecting, noting
from portal.crm_bridge.connections.advising import advice
from portal.crm_bridge.connections.entering import trying
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import Entity
from portal.crm_bridge.records import rereading
from portal.database import db
from portal.errors import Refusal
from portal.settings import Settings

log = logging.getLogger(__name__)

BROKE = "It broke off with an error of the portal. The log of the worker says more."


def read_asked(settings: Settings, stopping: Callable[[], bool]) -> None:
    """Read what was asked for, one after the other."""
    while not stopping():
        asked = rereading.next_asked()
        if asked is None:
            db.session.rollback()
            return
        key = {"connection": asked.connection, "entity": asked.entity, "entity_id": asked.entity_id}
        _read(key, asked.by_id, settings)


def _read(key: dict[str, Any], by_id: int, settings: Settings) -> None:
    """One record; what became of it is written down either way."""
    try:
        found = _found(key, settings)
        rereading.keep(key, found, by_id=by_id)
    except (Refusal, CrmError) as refusal:
        db.session.rollback()
        rereading.fail(key, _words(refusal, key["connection"]))
    except Exception:
        log.exception("%s %s was not read again over %s", key["entity"], key["entity_id"], key["connection"])
        db.session.rollback()
        rereading.fail(key, BROKE)
    db.session.commit()


def _found(key: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """What the CRM says. No transaction is open while it is asked; what was said is noted, whatever comes of it."""
    connection, entity = connecting.find(key["connection"]), Entity(key["entity"])
    rows = rereading.written(connection.name, entity, key["entity_id"])
    db.session.rollback()
    with connecting.opened(connection, settings, trying.in_time(), hurried=True) as gateway:
        try:
            return rereading.read(gateway, entity, rows)
        finally:
            db.session.rollback()
            noting.write(connection.name, gateway.notes)
            db.session.commit()


def _words(refusal: Exception, name: str) -> str:
    return advice(refusal, connecting.find(name)) if isinstance(refusal, CrmError) else str(refusal)
