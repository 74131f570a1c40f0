"""Our fields as BottleCRM keeps them: name and address as its own fields, everything else as custom fields."""

from collections.abc import Mapping
from typing import Any

from portal.crm_bridge.gateway import Field, Fields, Held, Kind, Ref, Value

PREFIX = "community_"
ID = f"{PREFIX}id"
MADE = f"{PREFIX}made"
"""Set on what the portal created: only that may be deleted with the person's consent."""

TARGETS = {"contact": "Contact", "account": "Account"}
PATHS = {"contact": "contacts", "account": "accounts", "deal": "opportunities"}
OWN = frozenset({"name", "email"})
TYPES = {"text": "text", "number": "number", "date": "date", "datetime": "text"}
NO_LAST_NAME = "-"
"""BottleCRM wants a last name of everybody."""


def wanted(kind: Kind) -> dict[str, str]:
    """The custom fields that a kind needs, with their types there."""
    ours = [Field("id"), *(each for each in kind.fields if each.name not in OWN)]
    return {f"{PREFIX}{each.name}": TYPES[each.type] for each in ours} | {MADE: "checkbox"}


def label(key: str) -> str:
    """What people there read beside a custom field: "Community open ideas"."""
    return key.replace("_", " ").capitalize()


def split(name: str) -> tuple[str, str]:
    """First and last name; joined again they are the name, letter by letter."""
    first, _, last = name.partition(" ")
    whole = first and last and last != NO_LAST_NAME and last == last.strip()
    return (first, last) if whole else (name, NO_LAST_NAME)


def joined(first: str, last: str) -> str:
    """The name again."""
    return first if last == NO_LAST_NAME else f"{first} {last}"


def body(kind: str, external_id: str, fields: Fields) -> dict[str, Any]:
    """What is sent to write these fields of a record."""
    sent: dict[str, Any] = {}
    if "name" in fields:
        name = str(fields["name"] or "")
        sent |= (
            dict(zip(("first_name", "last_name"), split(name), strict=True))
            if kind == "contact"
            else {"name": name}
        )
    if "email" in fields:
        sent["email"] = fields["email"]
    custom = {f"{PREFIX}{name}": value for name, value in fields.items() if name not in OWN}
    return {**sent, "custom_fields": {ID: external_id, **custom}}


def held(kind: str, record: Mapping[str, Any]) -> Held | None:
    """A record as it is there; None when it is none of ours."""
    return said(kind, record) if (record.get("custom_fields") or {}).get(ID) else None


def said(kind: str, record: Mapping[str, Any]) -> Held:
    """The same of any record."""
    custom = record.get("custom_fields") or {}
    name = joined(record["first_name"], record["last_name"]) if kind == "contact" else record["name"]
    fields: dict[str, Value] = {"name": name}
    if kind == "contact":
        fields["email"] = record["email"]
    ours = {key.removeprefix(PREFIX): value for key, value in custom.items() if key.startswith(PREFIX)}
    fields |= {key: whole(value) for key, value in ours.items() if key not in ("id", "made")}
    return Held(Ref(str(custom.get(ID) or ""), str(record["id"])), fields, record.get("updated_at"))


def whole(value: Value) -> Value:
    """Numbers come back with a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def refused_field(answer: Any) -> str:
    """Which of our fields a refusal speaks of, if it says so."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    while isinstance(errors, dict) and errors:
        name = next(iter(errors))
        if name != "custom_fields":
            return {"first_name": "name", "last_name": "name"}.get(name, name.removeprefix(PREFIX))
        errors = errors[name]
    return ""
