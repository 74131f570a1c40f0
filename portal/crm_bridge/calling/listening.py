"""Listening: messages by which a CRM, or whatever stands between, says that records changed. Standard Webhooks 1.0.

The body is JSON: `{"object": "Account", "ids": ["001…"]}`, `{"event": "account.updated", "data": {"id": "…"}}`, or a list
of such. A vendor that signs in another way brings a `listening.py` with the same two functions.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.crm_bridge.calling import signing

KINDS = {
    "account": ("account", "accounts", "company", "companies", "organization"),
    "contact": ("contact", "contacts", "person"),
    "deal": ("deal", "deals", "opportunity", "opportunities"),
}
OF = {word: kind for kind, words in KINDS.items() for word in words}
"""How a message may call each kind."""


@dataclass(frozen=True, slots=True)
class Message:
    """What came in: the address that was called, headers, and the body as it came over the wire."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Notice:
    """That a record changed; if the message says it, which field, and what stands in it now."""

    kind: str
    id: str
    field: str = ""
    value: Any = None


def verified(secret: str, message: Message, now: datetime, is_new: Callable[[str], bool]) -> None:
    """Raise Unverified unless the message is genuine, fresh and new. `is_new` keeps an id in mind, and is asked last."""
    signing.verify([secret], message.headers, message.body, now, is_new)


def notices(data: Any) -> Iterator[Notice]:
    """What a body speaks of; what is not understood is left out."""
    for each in data if isinstance(data, list) else [data]:
        if isinstance(each, Mapping):
            yield from _of(each)


def _of(said: Mapping[str, Any]) -> Iterator[Notice]:
    inner = said.get("data")
    record = inner if isinstance(inner, Mapping) else said
    words = [record.get("object"), said.get("object"), said.get("kind"), said.get("event"), said.get("type")]
    kind = next((found for word in words if (found := kind_of(word))), None)
    ids = record.get("ids") if isinstance(record.get("ids"), list) else [record.get("id")]
    if kind:
        yield from (Notice(kind, str(each)) for each in ids or () if isinstance(each, str | int))


def kind_of(word: Any) -> str | None:
    """The kind that a word such as `account.updated` or `Opportunity` names."""
    parts = str(word or "").lower().replace("/", ".").split(".")
    return next((OF[part] for part in parts if part in OF), None)
