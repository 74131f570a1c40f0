"""Listening to BottleCRM, which signs `time.body` with the secret of the endpoint as it is written, in hexadecimals."""

import hmac
import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from portal.crm_bridge.calling.listening import Message, notices
from portal.crm_bridge.calling.signing import TOLERANCE, Unverified

__all__ = ["notices", "verified"]

SIGNATURE = "x-bottlecrm-signature"


def verified(secret: str, message: Message, now: datetime, is_new: Callable[[str], bool]) -> None:
    """Raise Unverified unless the message is genuine, fresh and new; a delivery that is repeated has its id again."""
    parts = dict(each.partition("=")[::2] for each in message.headers.get(SIGNATURE, "").split(","))
    timestamp = parts.get("t", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise Unverified("It has no time")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE:
        raise Unverified("It is older than five minutes, or of the future")
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + message.body, sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), parts.get("v1", "").encode()):
        raise Unverified("It is not signed with our secret")
    if not is_new(_id(message.body) or expected):
        raise Unverified("It was received before")


def _id(body: bytes) -> str:
    try:
        found = str(json.loads(body)["id"])[:100]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found if found.isprintable() else ""
