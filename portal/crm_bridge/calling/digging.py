"""Digging: values out of what a CRM answers, by names such as `assigned_to.email`, in a form that all CRMs share."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from portal.crm_bridge.gateway import Value

LONGEST = 500
TOGETHER = ", "


def dig(record: Any, path: str) -> Any:
    """What stands in a record at `a.b.c`; through a list, what stands in each of its items. None when nothing does."""
    for name in path.split("."):
        if isinstance(record, list):
            record = [dig(each, name) for each in record]
        elif isinstance(record, Mapping):
            record = record.get(name)
        else:
            return None
    return record


def value_of(found: Any) -> Value:
    """A plain value: texts within bounds, times in UTC, several values in one line."""
    if isinstance(found, list):
        found = TOGETHER.join(
            dict.fromkeys(str(each) for each in map(value_of, found) if each not in (None, ""))
        )
    if isinstance(found, bool | int):
        return found
    if isinstance(found, float):
        return int(found) if found.is_integer() else found
    if found is None or isinstance(found, Mapping):
        return None
    return str(found).replace("\0", "\ufffd").strip()[:LONGEST] or None


def fields_of(record: Any, names: Mapping[str, str]) -> dict[str, Value]:
    """Per field of ours what stands under its name there."""
    return {ours: value_of(dig(record, theirs)) for ours, theirs in names.items()}


def domains_in(text: str) -> Iterator[str]:
    """The domains that a text names: of addresses of sites, or one after the other."""
    for word in re.split(r"[\s,;|]+", text.lower()):
        host = re.sub(r"^[a-z]+://", "", word).partition("/")[0].rpartition("@")[2].partition(":")[0]
        host = host.removeprefix("www.").strip(".")
        if "." in host:
            yield host


def moment(text: str) -> str:
    """A time as ISO text in UTC, always of one length: 2026-01-31T09:30:00.000Z."""
    when = datetime.fromisoformat(text)
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return when.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
