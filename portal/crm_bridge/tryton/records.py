"""Our fields as Tryton keeps them: on parties with a prefix, on votes by their own names, dates as dates."""

from collections.abc import Mapping
from typing import Any

from portal.crm_bridge.gateway import Fields, Held, Ref, Value

PARTY, VOTE, NOTE, MECHANISM = "party.party", "community.vote", "ir.note", "party.contact_mechanism"
DEAL = "sale.opportunity"
MODELS = {"contact": PARTY, "account": PARTY, "vote": VOTE}
OURS = {"contact": "person:%", "account": "company:%", "vote": "vote:%"}
PREFIX = "community_"
ID = f"{PREFIX}id"
MADE = f"{PREFIX}made"
"""Set on what the portal created: only that may be deleted with the person's consent."""

REPLACED = "replaced_by"
"""The party into which somebody merged this one."""

KEPT_EMPTY = frozenset({f"{PREFIX}votes_cast"})
NOT_FIELDS = frozenset({ID, MADE}) | KEPT_EMPTY
MARK = "ref:"


def column(kind: str, name: str) -> str:
    """How Tryton calls a field of ours."""
    return name if kind == "vote" or name == "name" else f"{PREFIX}{name}"


def columns(kind: str, types: Mapping[str, str]) -> dict[str, str]:
    """Tryton's fields for those of a kind, by our names, from the types that Tryton says it has."""
    if kind == "vote":
        standard = {"id", "rec_name", "party", ID, "create_date", "create_uid", "write_date", "write_uid"}
        return {name: name for name in types if name not in standard and "." not in name}
    ours = {
        name.removeprefix(PREFIX): name
        for name in types
        if name.startswith(PREFIX) and name not in NOT_FIELDS
    }
    return {"name": "name", **ours}


def values(kind: str, external_id: str, fields: Fields, types: Mapping[str, str]) -> dict[str, Any]:
    """What is sent to write these fields of a record."""
    named = {column(kind, name): value for name, value in fields.items()}
    return {
        ID: external_id,
        **{name: _there(types.get(name, "char"), value) for name, value in named.items()},
    }


def held(kind: str, record: Mapping[str, Any], types: Mapping[str, str]) -> Held:
    """A record as it is there."""
    fields = {ours: _here(record.get(theirs)) for ours, theirs in columns(kind, types).items()}
    replaced = record.get(REPLACED)
    ref = Ref(record[ID] or "", str(record["id"]))
    return Held(ref, fields, record["_timestamp"], merged_into=str(replaced) if replaced else None)


def blank(types: Mapping[str, str]) -> dict[str, Any]:
    """What is sent to empty our fields of a party; what is Tryton's own stays."""
    ours = [name for name in types if name.startswith(PREFIX) and name not in KEPT_EMPTY]
    return {**dict.fromkeys(ours), MADE: False}


def _there(type_: str, value: Value) -> Any:
    """A value as Tryton's JSON says it; a text that is no date goes as it is, for Tryton to refuse."""
    if type_ not in ("date", "datetime", "timestamp") or not isinstance(value, str) or not value:
        return value
    try:
        year, month, day = map(int, value[:10].split("-"))
        if type_ == "date":
            return {"__class__": "date", "year": year, "month": month, "day": day}
        hour, minute, second = map(int, value[11:19].split(":"))
    except ValueError:
        return value
    time = {"hour": hour, "minute": minute, "second": second, "microsecond": 0}
    return {"__class__": "datetime", "year": year, "month": month, "day": day, **time}


def _here(value: Any) -> Value:
    if not isinstance(value, dict):
        return value
    day = f"{value['year']:04}-{value['month']:02}-{value['day']:02}"
    if value["__class__"] == "date":
        return day
    return f"{day}T{value['hour']:02}:{value['minute']:02}:{value['second']:02}Z"


def marked(text: str, ref: str) -> str:
    """A note with our marker as its last line."""
    return f"{text}\n\n{MARK}{ref}"


def mark_of(message: str | None) -> str | None:
    """Our marker of a note; None when it is not ours."""
    last = (message or "").rpartition("\n")[2]
    return last.removeprefix(MARK) if last.startswith(MARK) else None
