"""Connections: which CRM is kept in step, and the gateway to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.describing import Voice
from portal.crm_bridge.gateway import CrmGateway, connect
from portal.crm_bridge.models import DEFAULT, CrmConnection
from portal.crm_bridge.upserting import upsert
from portal.database import db
from portal.errors import Conflict, NotFound
from portal.settings import Settings

STORE = "crm.sqlite"
"""The file of the embedded store, in the instance folder."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection as it was set up."""

    name: str
    vendor: str
    settings: dict[str, str]
    paused: bool


def make_default() -> None:
    """Make the embedded connection, which needs no set-up. Doing it again changes nothing."""
    upsert(CrmConnection, [{"name": DEFAULT, "vendor": "embedded", "settings": {}}], ())


def find(name: str) -> Connection:
    """The connection of that name; NotFound names those that there are. It writes nothing."""
    row = db.session.get(CrmConnection, name)
    if row is not None:
        return Connection(row.name, row.vendor, dict(row.settings), row.paused)
    if name == DEFAULT:
        return Connection(DEFAULT, "embedded", {}, paused=False)
    names = {DEFAULT, *db.session.scalars(sa.select(CrmConnection.name))}
    raise NotFound(f"There is no CRM connection {name!r}. There is: {', '.join(sorted(names))}.")


def refuse_paused(connection: Connection) -> None:
    """Raise Conflict when nothing may be sent over the connection now."""
    if connection.paused:
        raise Conflict(f"The connection {connection.name} is paused. What waits is sent when it is resumed.")


def set_paused(name: str, paused: bool) -> None:
    """Pause or resume a connection. Raises NotFound."""
    make_default()
    find(name)
    db.session.execute(sa.update(CrmConnection).where(CrmConnection.name == name).values(paused=paused))


def voice(connection: Connection, settings: Settings) -> Voice:
    """In whose name the records of this portal are made."""
    return Voice(connection.name, settings.community_name, settings.public_url.rstrip("/"))


@contextmanager
def opened(connection: Connection, settings: Settings) -> Iterator[CrmGateway]:
    """The gateway of the connection, closed at the end."""
    gateway = connect(connection.vendor, {"path": str(settings.folder / STORE)} | connection.settings)
    try:
        yield gateway
    finally:
        gateway.close()


def note_push(name: str, counts: Mapping[str, int], failure: str | None) -> None:
    """Write down how a push ended, for the page of the connection."""
    now = clock.now()
    values: dict[str, Any] = {"pushed_at": now, "pushed": dict(counts), "failure": None, "failed_at": None}
    if failure is not None:
        values = {"failure": failure[:1_000], "failed_at": now}
    db.session.execute(sa.update(CrmConnection).where(CrmConnection.name == name).values(values))
