"""Signing: who sent a message, and that nobody changed or replays it. Standard Webhooks 1.0.

The signature is HMAC-SHA256 over `id.timestamp.body` with a secret that is written `whsec_` and base64.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
TOLERANCE = 5 * 60


class Unverified(ValueError):
    """A message that is not accepted; `str(error)` says why."""


def new_secret() -> str:
    """A secret that nobody knows yet."""
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret. ValueError for what is none."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except Error as error:
        raise ValueError("A secret is whsec_ and base64") from error
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"A secret is whsec_ and base64 of {SHORTEST} to {LONGEST} bytes")
    return key


def _signature(key: bytes, name: str, timestamp: str, body: bytes) -> str:
    signed = b".".join((name.encode(), timestamp.encode(), body))
    return f"v1,{b64encode(hmac.digest(key, signed, sha256)).decode()}"


def signed(secrets_: Sequence[str], name: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message. With two secrets it is signed with both, while a receiver changes over."""
    timestamp = str(int(at.timestamp()))
    signatures = [_signature(key_of(each), name, timestamp, body) for each in secrets_]
    return {
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def verify(
    secrets_: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    is_new: Callable[[str], bool],
) -> str:
    """The id of a message that is genuine, fresh and new. Raises Unverified.

    `is_new` says whether the id was not seen before and keeps it in mind; it is asked last, so that a forged message
    uses up no id.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    name, timestamp = lower.get("webhook-id", ""), lower.get("webhook-timestamp", "")
    given = lower.get("webhook-signature", "").split(" ")
    if not name or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise Unverified("It has no id or no time")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE:
        raise Unverified("It is older than five minutes, or of the future")
    expected = [_signature(key_of(each), name, timestamp, body) for each in secrets_]
    matches = [hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given[:10]]
    if not any(matches):
        raise Unverified("It is not signed with our secret")
    if not is_new(name):
        raise Unverified("It was received before")
    return name
