"""Listening to HubSpot: signature v3, and lists of events.

https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests
"""

import hmac
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from portal.crm_bridge.calling.listening import Message, Notice, kind_of
from portal.crm_bridge.calling.signing import TOLERANCE, Unverified

SIGNATURE, TIMESTAMP = "x-hubspot-signature-v3", "x-hubspot-request-timestamp"
TYPES = {"0-1": "contact", "0-2": "account", "0-3": "deal"}
DECODED = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}
"""These signs of the address are signed as they are, not as they are sent."""


def verified(secret: str, message: Message, now: datetime, is_new: Callable[[str], bool]) -> None:
    """Raise Unverified unless the message is genuine, fresh and new."""
    timestamp = message.headers.get(TIMESTAMP, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 15):
        raise Unverified("It has no time")
    if abs(now.timestamp() - int(timestamp) / 1_000) > TOLERANCE:
        raise Unverified("It is older than five minutes, or of the future")
    address = message.address
    for sent, plain in DECODED.items():
        address = address.replace(sent, plain).replace(sent.lower(), plain)
    signed = f"{message.method}{address}".encode() + message.body + timestamp.encode()
    expected = b64encode(hmac.digest(secret.encode(), signed, sha256)).decode()
    if not hmac.compare_digest(expected.encode(), message.headers.get(SIGNATURE, "").encode()):
        raise Unverified("It is not signed with our secret")
    # Events have no id that is there once; a call that is repeated as it was has its signature again.
    if not is_new(expected):
        raise Unverified("It was received before")


def notices(data: Any) -> Iterator[Notice]:
    """What the events speak of; of a merge, all records that took part in it."""
    for each in data if isinstance(data, list) else ():
        if isinstance(each, Mapping):
            yield from _of(each)


def _of(event: Mapping[str, Any]) -> Iterator[Notice]:
    kind = TYPES.get(str(event.get("objectTypeId"))) or kind_of(event.get("subscriptionType"))
    if kind is None:
        return
    merged = event.get("mergedObjectIds") if isinstance(event.get("mergedObjectIds"), list) else []
    for id_ in (event.get("objectId"), event.get("primaryObjectId"), *(merged or ())):
        if isinstance(id_, str | int):
            yield Notice(kind, str(id_), str(event.get("propertyName") or ""), _text(event))


def _text(event: Mapping[str, Any]) -> str:
    value = event.get("propertyValue")
    return "" if value is None else str(value)
