"""From canonical records to the fields of a CRM, and the hash by which two states are compared."""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256

from portal.crm_bridge.describing import Record
from portal.crm_bridge.gateway import Field, Fields, Kind, Value

ACCOUNT = Kind(
    "account",
    (
        Field("name"),
        Field("participants", "number"),
        Field("votes", "number"),
        Field("top_ideas"),
        Field("last_vote_on", "date"),
        Field("record_url"),
    ),
)
CONTACT = Kind(
    "contact",
    (
        Field("name"),
        Field("email"),
        Field("account"),
        Field("status"),
        Field("profile_url"),
        Field("points", "number"),
        Field("votes", "number"),
        Field("ideas", "number"),
        Field("ideas_shipped", "number"),
        Field("answers", "number"),
        Field("accepted_answers", "number"),
        Field("open_ideas"),
        Field("joined_on", "date"),
        Field("last_active_on", "date"),
        Field("consent_basis"),
        Field("consent_at", "datetime"),
    ),
)
VOTE = Kind(
    "vote",
    (
        Field("account"),
        Field("idea"),
        Field("idea_title"),
        Field("idea_status"),
        Field("idea_url"),
        Field("value", "number"),
        Field("added_by"),
        Field("proof"),
        Field("cast_at", "datetime"),
        Field("withdrawn_at", "datetime"),
    ),
    parent="contact",
)
KINDS = (ACCOUNT, CONTACT, VOTE)
OF_REPUTATION = frozenset(
    {"points", "votes", "ideas", "ideas_shipped", "answers", "accepted_answers", "open_ideas"}
)
"""The fields of a contact that come from the reputation; the others come from the participant."""


def _day(moment: str | None) -> str | None:
    return moment[:10] if moment else None


def account_fields(account: Record) -> Fields:
    """Fields of an account."""
    return {
        "name": account["name"],
        "participants": account["participants"],
        "votes": account["votes"],
        "top_ideas": account["top_ideas"],
        "last_vote_on": _day(account["last_activity_at"]),
        "record_url": account["url"],
    }


def contact_fields(participant: Record, reputation: Record) -> Fields:
    """Fields of a contact: who the participant is, and what the participant is known for."""
    return {
        "name": participant["name"],
        "email": participant["email"],
        "account": participant["account_ref"],
        "status": participant["status"],
        "profile_url": participant["url"],
        "points": reputation["points"],
        "votes": reputation["votes_cast"],
        "ideas": reputation["ideas"],
        "ideas_shipped": reputation["ideas_shipped"],
        "answers": reputation["answers"],
        "accepted_answers": reputation["accepted_answers"],
        "open_ideas": reputation["open_ideas"],
        "joined_on": _day(participant["joined_at"]),
        "last_active_on": _day(participant["last_active_at"]),
        "consent_basis": participant["consent"]["basis"],
        "consent_at": participant["consent"]["at"],
    }


def vote_fields(vote: Record) -> Fields:
    """Fields of a vote, which hangs under its contact."""
    return {
        "account": vote["account_ref"],
        "idea": f"idea:{vote['idea_id']}",
        "idea_title": vote["idea_title"],
        "idea_status": vote["idea_status"],
        "idea_url": vote["url"],
        "value": vote["value"],
        "added_by": vote["on_behalf_of"] and vote["on_behalf_of"]["added_by"],
        "proof": vote["on_behalf_of"] and vote["on_behalf_of"]["proof"],
        "cast_at": vote["cast_at"],
        "withdrawn_at": vote["withdrawn_at"],
    }


def speaks(record: str, changed: Collection[str]) -> bool:
    """Whether a canonical record of that name says something of these fields; without fields, it does."""
    if record == "reputation":
        return not changed or not OF_REPUTATION.isdisjoint(changed)
    return record != "participant" or not changed or not OF_REPUTATION.issuperset(changed)


def hash_of(fields: Fields) -> str:
    """The same fields have the same hash, whatever their order: SHA-256 over JSON with sorted names."""
    return sha256(_JSON.encode(fields).encode()).hexdigest()


_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)


def differences(old: Mapping[str, Value] | None, new: Fields) -> dict[str, tuple[Value, Value]]:
    """Per field of `new`: what it was and what it should be, where the two differ."""
    was = old or {}
    return {name: (was.get(name), value) for name, value in new.items() if was.get(name) != value}
