"""Batching: many operations in one call, each in a change set of its own, so that one that fails takes no other along.

The answers stand in the order of the operations.
https://learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from portal.crm_bridge.gateway import CrmError

BOUNDARY = "batch_of_the_portal"
REPRESENTATION = "return=representation"


@dataclass(frozen=True, slots=True)
class Operation:
    """One write: its path below the root of the version, its body, and headers such as If-Match."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an operation."""

    status: int
    data: Any


def content(root: str, operations: Sequence[Operation]) -> bytes:
    """The body of a call with these operations."""
    lines: list[str] = []
    for number, each in enumerate(operations, 1):
        changes = f"changeset_{number}"
        lines += [f"--{BOUNDARY}", f"Content-Type: multipart/mixed; boundary={changes}", ""]
        lines += [f"--{changes}", "Content-Type: application/http", "Content-Transfer-Encoding: binary"]
        lines += [f"Content-ID: {number}", "", f"{each.method} {root}/{each.path} HTTP/1.1"]
        body = "" if each.body is None else json.dumps(each.body)
        headers = {"Content-Type": "application/json; type=entry", **each.headers} if body else each.headers
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += ["", body, f"--{changes}--", ""]
    return "\r\n".join([*lines, f"--{BOUNDARY}--", ""]).encode()


def read(kind: str, text: str, count: int) -> list[Done]:
    """The answers to `count` operations. Raises CrmError when there are more or fewer."""
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n{text}".encode())
    parts = whole.get_payload() if whole.is_multipart() else []
    done = [_done(_first(each)) for each in parts if isinstance(each, Message)]
    found = [each for each in done if each is not None]
    if len(found) != count:
        raise CrmError(f"Dynamics answered {len(found)} of {count} operations", permanent=False)
    return found


def _first(part: Message) -> Message:
    """The answer in a change set; a change set that failed is answered as a whole."""
    inner: Any = part.get_payload() if part.is_multipart() else []
    return inner[0] if inner else part


def _done(part: Message) -> Done | None:
    payload = part.get_payload()
    lines, _, body = str(payload).replace("\r\n", "\n").lstrip().partition("\n\n")
    words = lines.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        return None
    try:
        return Done(int(words[1]), json.loads(body) if body.strip() else None)
    except ValueError:
        return None
