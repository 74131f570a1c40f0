"""Our records as HubSpot keeps them: names of objects and properties, and values both ways, which are all texts."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from portal.crm_bridge.gateway import Fields, Held, Kind, Outcome, Ref, Status, Value

TYPES = {"account": "companies", "contact": "contacts"}
VOTE = "community_vote"
PREFIX = "community_"
ID, MADE = "community_id", "community_made"
"""MADE is set on what the portal created: only that may be deleted with the person's consent."""

STANDARD = {("contact", "email"): "email"}
CHANGED = {"contact": "lastmodifieddate"}
PASSING = frozenset({"INTERNAL_ERROR", "RATE_LIMITS", "RATE_LIMIT", "TIMEOUT", "SERVICE_UNAVAILABLE"})
MISSING = "OBJECT_NOT_FOUND"
DEFINED = {
    "text": ("string", "text"),
    "number": ("number", "number"),
    "date": ("date", "date"),
    "datetime": ("datetime", "date"),
}


def changed_at(kind: str) -> str:
    """The property that says when a record was changed."""
    return CHANGED.get(kind, "hs_lastmodifieddate")


def property_name(kind: str, name: str) -> str:
    """How HubSpot calls a field of ours. A name of that form stays as it is."""
    return STANDARD.get((kind, name)) or (name if name.startswith(PREFIX) else f"{PREFIX}{name}")


@lru_cache(1_000)
def our_name(kind: str, name: str) -> str | None:
    """The other way round; None for a property that is none of ours."""
    standard = {theirs: ours for (of_kind, ours), theirs in STANDARD.items() if of_kind == kind}
    if name in standard:
        return standard[name]
    return name.removeprefix(PREFIX) if name.startswith(PREFIX) and name not in (ID, MADE) else None


def wanted(kind: Kind) -> dict[str, dict[str, Any]]:
    """The properties that a kind needs, by name, as HubSpot has them defined."""
    types = {ID: "text", **({MADE: "text"} if kind.name in TYPES else {})}
    types |= {property_name(kind.name, each.name): each.type for each in kind.fields}
    return {name: _defined(name, type_) for name, type_ in types.items() if name not in STANDARD.values()}


def _defined(name: str, type_: str) -> dict[str, Any]:
    kind, field = DEFINED[type_]
    label = name.replace("_", " ").capitalize()
    unique = {"hasUniqueValue": True} if name == ID else {}
    return {"name": name, "label": label, "type": kind, "fieldType": field, **unique}


def properties(kind: str, fields: Fields) -> dict[str, str]:
    """What is sent to write these fields."""
    return {property_name(kind, name): text(value) for name, value in fields.items()}


def begun(kind: str, fields: Fields) -> dict[str, str]:
    """What is sent besides when the record is new. Afterwards the name there belongs to those who work there."""
    name = str(fields.get("name") or "").strip()
    if kind == "account":
        return {"name": name, MADE: "true"}
    if kind == "contact":
        first, _, last = name.rpartition(" ")
        return {"firstname": first, "lastname": last, MADE: "true"}
    return {}


def text(value: Value) -> str:
    """A value as HubSpot takes it; an empty text empties the property."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def plain(value: str | None, type_: str) -> Value:
    """A value in our form."""
    if not value:
        return None
    if type_ == "number":
        number = float(value)
        return int(number) if number.is_integer() else number
    return f"{moment(value)[:19]}Z" if type_ == "datetime" else value


def moment(value: str) -> str:
    """A time, always of one length: 2026-01-31T09:30:00.000Z."""
    return datetime.fromisoformat(value).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def held(kind: str, record: Mapping[str, Any], types: Mapping[str, str]) -> Held:
    """A record as it is there. `types` are the types of the properties that were asked for."""
    values = record["properties"]
    ours = {name: our_name(kind, name) for name in types}
    theirs = {name: plain(values.get(name), type_) for name, type_ in types.items() if ours[name]}
    # Under either name: who mapped a field to another knows it by that.
    fields = {str(ours[name]): value for name, value in theirs.items()} | theirs
    return Held(Ref(str(values.get(ID) or ""), str(record["id"])), fields, record.get("updatedAt"))


def outcome(kind: str, result: Mapping[str, Any], version: str, known: str | None) -> Outcome:
    """What became of a row. `known` is the id by which it was known, if it was."""
    error = result.get("error")
    if error is None:
        status = Status.CREATED if result.get("new", known is None) else Status.UPDATED
        return Outcome(status, str(result["id"]), version)
    message, category = str(error.get("message") or ""), str(error.get("category") or "")
    if category == MISSING and known:
        return Outcome(Status.GONE, message=message)
    named = _named(error)
    return Outcome(
        Status.FAILED,
        known,
        message=f"{category}: {message}",
        field=(our_name(kind, named) or named) if named else "",
        permanent=category not in PASSING and category != MISSING,
    )


def _named(error: Mapping[str, Any]) -> str:
    """The property that an error speaks of, if it says so."""
    if names := (error.get("context") or {}).get("propertyName"):
        return str(names[0])
    details = [each for each in error.get("errors") or () if isinstance(each, dict)]
    return str(details[0].get("in") or "") if details else ""
