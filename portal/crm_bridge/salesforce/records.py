"""Our records as Salesforce keeps them: names of objects and fields, and values both ways."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.crm_bridge.gateway import Field, Fields, Held, Kind, Ref, Value

OBJECTS = {"account": "Account", "contact": "Contact", "vote": "IdeaVote__c"}
IDS = {"account": "Community_Id__c", "contact": "Community_User_Id__c", "vote": "Community_Id__c"}
IDEA, IDEA_ID = "Idea__c", "Community_Id__c"
TASK, TASK_ID = "Task", "Community_Ref__c"
LEAD, CONVERTED, MASTER = "Lead", "ConvertedContactId", "MasterRecordId"
MADE = "Community_Made__c"
"""Set on what the portal created: only that may be deleted with the person's consent."""

STANDARD = {("contact", "email"): "Email"}
NAMES = {
    ("contact", "points"): "Community_Reputation__c",
    ("vote", "idea"): "Idea_Key__c",
    ("vote", "account"): "Account_Key__c",
}
"""Where the name there is not made of ours. A look-up has the plain name: Idea__c, Account__c."""

OURS = {(kind, name): ours for (kind, ours), name in (NAMES | STANDARD).items()}
LOOKUPS = {"Contact__c": "Contact", "Account__c": "Account", "Idea__c": IDEA}
IDEA_FIELDS = {"idea_title": "Title__c", "idea_status": "Status__c", "idea_url": "Url__c"}
LONG = frozenset({"Proof__c"})
LONGEST = 255
NO_LAST_NAME = "-"


def api_name(kind: str, name: str) -> str:
    """How Salesforce calls a field of ours: Community_Open_Ideas__c, in our own objects Value__c.

    A name that has that form already stays as it is.
    """
    if known := NAMES.get((kind, name)) or STANDARD.get((kind, name)):
        return known
    plain = name.removesuffix("__c").removeprefix("" if kind == "vote" else "Community_")
    words = "_".join(part[:1].upper() + part[1:] for part in plain.split("_"))
    return f"{words}__c" if kind == "vote" else f"Community_{words}__c"


def our_name(kind: str, name: str) -> str | None:
    """The other way round; None for a field that is none of ours."""
    if known := OURS.get((kind, name)):
        return known
    if not name.endswith("__c") or name in (IDS[kind], MADE) or (kind == "vote" and name in LOOKUPS):
        return None
    plain = name.removesuffix("__c")
    if kind != "vote" and not plain.startswith("Community_"):
        return None
    return plain.removeprefix("Community_").lower()


def wanted(kind: Kind) -> dict[str, str]:
    """The custom fields that a kind needs, with our types: id is the external id, flag a checkbox."""
    fields = {api_name(kind.name, each.name): _type(kind.name, each) for each in kind.fields}
    own = {IDS[kind.name]: "id"} | ({MADE: "flag"} if kind.name != "vote" else dict.fromkeys(LOOKUPS, "link"))
    return own | {name: type_ for name, type_ in fields.items() if name not in STANDARD.values()}


def _type(kind: str, field: Field) -> str:
    return "long" if api_name(kind, field.name) in LONG else field.type


def body(kind: str, external_id: str, fields: Fields) -> dict[str, Any]:
    """What is sent to write these fields of a record."""
    named = {api_name(kind, name): value for name, value in fields.items()}
    return {"attributes": {"type": OBJECTS[kind]}, IDS[kind]: external_id, **named}


def begun(kind: str, fields: Fields) -> dict[str, Any]:
    """What is sent besides when the record is new. Afterwards the name there belongs to those who work there."""
    name = str(fields.get("name") or "").strip()
    if kind == "account":
        return {"Name": name or NO_LAST_NAME, MADE: True}
    if kind == "contact":
        first, _, last = name.rpartition(" ")
        return {"FirstName": first[:40] or None, "LastName": last[:80] or NO_LAST_NAME, MADE: True}
    return {}


def held(kind: str, record: Mapping[str, Any], names: Mapping[str, str]) -> Held:
    """A record as it is there; of one in the bin, no fields. `names` are the fields that were asked for, with ours."""
    gone = bool(record.get("IsDeleted"))
    values = {} if gone else {name: plain(record.get(name)) for name in names}
    # Under either name: who mapped a field to another knows it by that.
    fields = {names[name]: value for name, value in values.items()} | values
    ref = Ref(str(record.get(IDS[kind]) or ""), str(record["Id"]))
    return Held(ref, fields, record.get("SystemModstamp"), gone, record.get(MASTER))


def plain(value: Value) -> Value:
    """A value in our form: numbers come with a point, times with milliseconds and an offset."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value) == 28 and value.endswith("+0000"):
        return f"{value[:19]}Z"
    return value


def moment(value: str) -> str:
    """A time of Salesforce as SOQL wants it: 2026-01-31T09:30:00.000Z."""
    return datetime.fromisoformat(value).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def quoted(text: str) -> str:
    """A text in SOQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"
