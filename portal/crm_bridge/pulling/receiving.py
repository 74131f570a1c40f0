"""Receiving: a message of a CRM is verified over its raw bytes, and only has records read again. It changes nothing else."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any, Protocol

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge import connecting
from portal.crm_bridge.calling.listening import Message, Notice
from portal.crm_bridge.calling.signing import Unverified, new_secret, verify
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.distrusting import is_id
from portal.crm_bridge.pulling import echoing, rereading
from portal.crm_bridge.pulling.models import CrmHeard
from portal.crm_bridge.sealing import unseal
from portal.database import db, insert_missing
from portal.errors import Refusal
from portal.settings import Settings

KEPT = timedelta(hours=1)
"""How long ids are kept: longer than a message is fresh."""

MOST = 1_000
"""So many records one message may name."""


DECOY, DECOY_SECRET = "x" * 140, new_secret()
"""What is looked at where there is nothing."""


class Listening(Protocol):
    """What reads the messages of a vendor."""

    def verified(self, secret: str, message: Message, now: Any, is_new: Callable[[str], bool]) -> None: ...

    def notices(self, data: Any) -> Iterator[Notice]: ...


def receive(name: str, message: Message, settings: Settings) -> int:
    """Have what a message speaks of read again; returns how many records that are. 0 of one that was received before.

    Raises Unverified for whatever is not taken, a connection that is not there among it.
    """
    try:
        secret, listening = _secret(name, settings)
    except Unverified:
        _take_as_long(name, message, settings)
        raise
    news: list[str] = []

    def is_new(message_id: str) -> bool:
        news.append(message_id)
        return True

    listening.verified(secret, message, clock.now(), is_new)
    if not _keep(name, news[0]):
        return 0
    try:
        data = json.loads(message.body)
    except (ValueError, RecursionError) as error:
        raise Unverified("It is no JSON") from error
    notices = [each for each in dict.fromkeys(listening.notices(data)) if is_id(each.id)][:MOST]
    left = echoing.without_echoes(name, notices)
    for kind in sorted({each.kind for each in left}):
        rereading.ask(name, kind, [each.id for each in left if each.kind == kind])
    return len(left)


def _take_as_long(name: str, message: Message, settings: Settings) -> None:
    """Reckon as for a connection that is there: the clock tells nobody which there are."""
    with suppress(Refusal):
        unseal(name, {"hook_secret": DECOY}, settings.signing_key())
    with suppress(Unverified):
        verify([DECOY_SECRET], message.headers, message.body, clock.now(), lambda _: False)


def _secret(name: str, settings: Settings) -> tuple[str, Listening]:
    try:
        connection = connecting.find(name if name.isprintable() else "")
        declared = declaration(connection.vendor)
        secret = connecting.values_of(connection, settings).get("hook_secret", "")
    except Refusal as refusal:
        raise Unverified("There is no such connection") from refusal
    if not secret or not declared.pulls:
        raise Unverified("It takes no messages")
    listening: Any = import_module(declared.listens)
    return secret, listening


def _keep(name: str, message_id: str) -> bool:
    """Whether the id was not there before. Old ones go."""
    now = clock.now()
    db.session.execute(sa.delete(CrmHeard).where(CrmHeard.at < now - KEPT))
    return insert_missing(CrmHeard, [{"connection": name, "message_id": message_id[:200], "at": now}]) == 1
