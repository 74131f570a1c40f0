"""Connections: which CRM is kept in step, and the gateway to it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.budgeting import Purse
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.describing import Voice
from portal.crm_bridge.gateway import connect
from portal.crm_bridge.models import DEFAULT, CrmConnection
from portal.crm_bridge.recognising import recognised
from portal.crm_bridge.sealing import unseal
from portal.crm_bridge.shaping import shape_of
from portal.crm_bridge.translating import Translated
from portal.crm_bridge.upserting import upsert
from portal.database import db, reading_only
from portal.errors import Conflict, NotFound
from portal.settings import Settings

STORE = "crm.sqlite"
"""The file of the embedded store, in the instance folder."""


HURRIED: dict[str, Any] = {"patience": 8.0, "tries": 1}
"""How a wire is asked while somebody waits for the page."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection as it was set up. Its secrets stay sealed until it is opened."""

    name: str
    vendor: str
    settings: dict[str, str]
    paused: bool
    sealed: dict[str, str] = field(default_factory=dict, repr=False)
    private: bool = False
    not_before: datetime | None = None


def make_default() -> None:
    """Make the embedded connection, which needs no set-up. Doing it again changes nothing."""
    upsert(CrmConnection, [{"name": DEFAULT, "vendor": "embedded", "settings": {}}], ())


def find(name: str) -> Connection:
    """The connection of that name; NotFound names those that there are. It writes nothing."""
    row = db.session.get(CrmConnection, name)
    if row is not None:
        return Connection(
            *(row.name, row.vendor, dict(row.settings), row.paused),
            *(dict(row.sealed), row.private, row.not_before),
        )
    if name == DEFAULT:
        return Connection(DEFAULT, "embedded", {}, paused=False)
    names = {DEFAULT, *db.session.scalars(sa.select(CrmConnection.name))}
    raise NotFound(f"There is no CRM connection {name!r}. There is: {', '.join(sorted(names))}.")


def refuse_unreadable(connection: Connection) -> None:
    """Raise Conflict when nobody can know what the CRM holds."""
    declared = declaration(connection.vendor)
    if not declared.reads_back:
        raise Conflict(
            f"{connection.name} cannot be read back ({declared.title}): what it holds there is not known here."
        )


def refuse_paused(connection: Connection) -> None:
    """Raise Conflict when nothing may be sent over the connection now."""
    if connection.paused:
        raise Conflict(f"The connection {connection.name} is paused. What waits is sent when it is resumed.")


def voice(connection: Connection, settings: Settings) -> Voice:
    """In whose name the records of this portal are made."""
    shape = shape_of(connection.name, connection.vendor)
    return Voice(connection.name, settings.community_name, settings.public_url.rstrip("/"), shape.keep)


def values_of(connection: Connection, settings: Settings) -> dict[str, str]:
    """All settings of the connection with their defaults, secrets opened. Raises Conflict."""
    values = declaration(connection.vendor).defaults
    values |= connection.settings | unseal(connection.name, connection.sealed, settings.signing_key())
    if "path" in values:
        values["path"] = values["path"] or str(settings.folder / STORE)
    return values


def _nothing() -> None:
    pass


@contextmanager
def opened(
    connection: Connection, settings: Settings, beat: Callable[[], None] = _nothing, hurried: bool = False
) -> Iterator[Translated]:
    """The gateway of the connection, closed at the end. `beat` is called often while the CRM is asked; `hurried`:
    somebody waits for the answer.

    What is noted of its calls is for the caller to write down (`noting.write`).
    """
    values = values_of(connection, settings)
    share = min(100, int(values.get("calls_share") or 90))
    purse = Purse(connection.name, int(values.get("calls_per_day") or 0), share)
    secret = {each.name for each in declaration(connection.vendor).settings if each.secret}
    wire = Wire(
        private=connection.private,
        secrets={value for name, value in values.items() if name in secret},
        spend=purse.spend,
        hear=purse.hear,
        beat=beat,
        **(HURRIED if hurried else {}),
    )
    with reading_only():
        shape = shape_of(connection.name, connection.vendor)
        known = recognised(connection.name)
        db.session.rollback()
    gateway = Translated(connect(connection.vendor, values, wire), wire, shape, known)
    try:
        yield gateway
    finally:
        gateway.close()
        purse.settle()


def note_push(name: str, counts: Mapping[str, int], failure: str | None) -> None:
    """Write down how a push ended, for the page of the connection."""
    now = clock.now()
    values: dict[str, Any] = {"pushed_at": now, "pushed": dict(counts), "failure": None, "failed_at": None}
    if failure is not None:
        values = {"failure": failure[:1_000], "failed_at": now}
    db.session.execute(sa.update(CrmConnection).where(CrmConnection.name == name).values(values))
