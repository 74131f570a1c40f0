"""Votes and activities as interactions of a contact, each with a marker by which it is found again.

BottleCRM keeps no id of ours with an interaction, and cannot find one by its text. So those of the contact are read,
and the one with the marker `ref:vote:12:7` as its last line is the one. The fields stand above it, one a line.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from portal.crm_bridge.gateway import Activity, Fields, Value

MARK = "ref:"
LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000


def owner(external_id: str) -> str:
    """Whose vote it is, by our ids: "vote:12:7" is one of "person:7"."""
    return f"person:{external_id.rpartition(':')[2]}"


def mark_of(interaction: Mapping[str, Any]) -> str | None:
    """Our id of an interaction; None when it is not ours."""
    last = str(interaction["body"]).rpartition("\n")[2]
    return last.removeprefix(MARK) if last.startswith(MARK) else None


def by_mark(interactions: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Those that are ours, by our id. Should one be there twice, the older counts: it was there first."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in sorted(interactions, key=lambda one: str(one["created_at"]), reverse=True):
        if mark := mark_of(each):
            found[mark] = each
    return found


def vote_body(external_id: str, fields: Fields) -> dict[str, Any]:
    """What is sent to write a vote with these fields, which are all of them."""
    lines = [
        f"{name}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in fields.items()
        if value is not None
    ]
    taken = "Vote taken back" if fields.get("withdrawn_at") else "Vote"
    sent = {
        "kind": "email",
        "direction": "inbound",
        "subject": _short(f"{taken}: {fields.get('idea_title') or ''}", LONGEST_SUBJECT),
        "body": "\n".join([*lines, "", f"{MARK}{external_id}"]),
    }
    return sent | ({"occurred_at": fields["cast_at"]} if fields.get("cast_at") else {})


def vote_fields(interaction: Mapping[str, Any]) -> dict[str, Value]:
    """The fields that stand in an interaction. What somebody made unreadable there reads as the text that it is."""
    fields: dict[str, Value] = {}
    for line in str(interaction["body"]).split("\n\n")[0].split("\n"):
        name, colon, value = line.partition(": ")
        if colon:
            try:
                fields[name] = json.loads(value)
            except ValueError:
                fields[name] = value
    return fields


def activity_body(activity: Activity) -> dict[str, Any]:
    """What is sent to add an activity."""
    details = [f"{name}: {value}" for name, value in activity.details.items()]
    mark = f"\n\n{MARK}{activity.ref}"
    text = "\n".join([activity.body, *details])
    return {
        "kind": "email",
        "direction": "inbound",
        "subject": _short(activity.subject, LONGEST_SUBJECT),
        "body": _short(text, LONGEST_BODY - len(mark)) + mark,
        "occurred_at": activity.occurred_at,
    }


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
