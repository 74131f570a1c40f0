"""Trying a connection before it is kept: what was typed is used once, and nothing of it is written down."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from portal import clock
from portal.crm_bridge import connecting
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.connections.testing import test
from portal.crm_bridge.declaring import Declaration, Setting
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.noting import Noted
from portal.crm_bridge.sealing import seal
from portal.settings import Settings

LONGEST = 20.0
"""So many seconds a test may take while somebody waits for it."""


def as_it_would_be(
    name: str, declared: Declaration, vendor: str, given: Mapping[str, str], old: Connection | None, key: str
) -> Connection:
    """The connection with these settings over the old ones."""
    secret = {each.name for each in declared.settings if each.secret}
    plain = {each: value for each, value in given.items() if each not in secret}
    kept = {each: value for each, value in given.items() if each in secret}
    settings = (old.settings if old else {}) | plain
    sealed = (old.sealed if old else {}) | seal(name, kept, key)
    return Connection(name, vendor, settings, False, sealed, old.private if old else False)


def attempt(connection: Connection, settings: Settings) -> tuple[dict[str, Any], list[Noted]]:
    """What a test found, and the calls that it made. Raises CrmError, Conflict. No transaction may be open."""
    with connecting.opened(connection, settings, in_time(), hurried=True) as gateway:
        found = test(connection, gateway, clock.now())
        return found, list(gateway.notes)


def in_time() -> Callable[[], None]:
    """Called often while a CRM is asked, it ends what takes longer than somebody waits."""
    began = time.monotonic()

    def beat() -> None:
        if time.monotonic() - began > LONGEST:
            raise CrmError(f"It took longer than {LONGEST:.0f} seconds to answer", permanent=False)

    return beat


def moves(declared: Declaration, given: Mapping[str, str], old: Connection) -> list[Setting]:
    """The addresses that change, to which secrets that are kept would be sent."""
    return [
        each
        for each in declared.settings
        if each.kind == "address" and each.name in given and given[each.name] != old.settings.get(each.name)
    ]
