"""Votes and activities as notes of a contact, each with a marker by which it is found again.

Notes have no properties of ours. So a note says its fields, one a line, then "communityvote ref:vote:12:7".
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape, unescape
from typing import Any

from portal.crm_bridge.gateway import Activity, Changed, Fields, Held, Key, Outcome, Ref, Row, Status, Value
from portal.crm_bridge.hubspot.asking import Asker, parts
from portal.crm_bridge.hubspot.associating import of_contacts
from portal.crm_bridge.hubspot.finding import Finder, pages
from portal.crm_bridge.hubspot.records import outcome

BODY, AT, CHANGED = "hs_note_body", "hs_timestamp", "hs_lastmodifieddate"
TOKEN, MARK = "communityvote", "ref:"
BREAK = "<br>"
TO_CONTACT = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}
"""The type of the association of a note with its contact."""

LACKING = Outcome(Status.FAILED, message="No contact to hang it under")
GONE = Outcome(Status.GONE, message="No such note under the contact")
Note = Mapping[str, Any]


class Notes:
    """Reads and writes notes of ours."""

    def __init__(self, org: Asker, finder: Finder) -> None:
        self.org, self.finder = org, finder

    def path(self, rest: str) -> str:
        """The path below notes."""
        return self.org.path("objects", f"notes/{rest}")

    def under(self, contacts: Sequence[str]) -> dict[str, Note]:
        """The notes of ours of these contacts, by our reference; of two with one, the older."""
        ids = sorted(
            {each for listed in of_contacts(self.org, contacts, "notes").values() for each in listed}
        )
        found: dict[str, Note] = {}
        for note in sorted(self._read(ids), key=lambda each: int(each["id"]), reverse=True):
            if mark := mark_of(note):
                found[mark] = note
        return found

    def _read(self, ids: Sequence[str]) -> list[Note]:
        return self.org.read(self.path("batch/read"), ids, [BODY, AT, CHANGED]) if ids else []

    def _of(self, votes: Sequence[str]) -> dict[str, Note]:
        owners = sorted({f"person:{each.rpartition(':')[2]}" for each in votes})
        contacts = self.finder.ids("contact", owners)
        return self.under(sorted(contacts.values())) if contacts else {}

    def keys(self, keys: Sequence[Key]) -> list[str | None]:
        """The ids of the notes of votes."""
        there = self._of([key.external_id for key in keys])
        return [str(there[key.external_id]["id"]) if key.external_id in there else None for key in keys]

    def read(self, refs: Sequence[Ref]) -> list[Held | None]:
        """Votes as their notes say."""
        there = self._of([ref.external_id for ref in refs])
        return [held(there[ref.external_id]) if ref.external_id in there else None for ref in refs]

    def upsert(self, rows: Sequence[Row]) -> list[Outcome]:
        """Write votes. A change writes the whole note again, with what it says of the other fields."""
        contacts = {_contact(row) for row in rows if row.ref.remote_id} - {""}
        there = self.under(sorted(contacts)) if contacts else {}
        changed = [row for row in rows if row.ref.remote_id and row.ref.external_id in there]
        lost = [row for row in rows if row.ref.remote_id and row.ref.external_id not in there]
        new = [row for row in rows if not row.ref.remote_id and _contact(row)]
        told = {row.ref.external_id: LACKING for row in rows}
        told |= {row.ref.external_id: GONE for row in lost}
        # A note outlives its contact. What is written anew must not be there twice.
        self.archive([str(row.ref.remote_id) for row in lost])
        again = [_changed(row, there[row.ref.external_id]) for row in changed]
        told |= self._sent("batch/update", changed, again, repeat=True)
        first = [_new(vote_note(row.ref.external_id, row.fields), _contact(row)) for row in new]
        told |= self._sent("batch/create", new, first, repeat=False)
        return [told[row.ref.external_id] for row in rows]

    def archive(self, ids: Sequence[str]) -> None:
        """Put notes into the bin. What is not there is left."""
        for part in parts(ids):
            sent = {"inputs": [{"id": each} for each in part]}
            self.org.call("POST", self.path("batch/archive"), json=sent, again=True)

    def _sent(self, path: str, rows: Sequence[Row], sent: Sequence[Any], repeat: bool) -> dict[str, Outcome]:
        results = self.org.batch(self.path(path), sent, repeat, mark_of)
        return {
            row.ref.external_id: outcome("vote", result, str(row.seq), row.ref.remote_id)
            for row, result in zip(rows, results, strict=True)
        }

    def add(self, activities: Sequence[Activity]) -> list[Outcome]:
        """Add notes; those that are there already stay as they are."""
        contacts = self.finder.ids("contact", sorted({each.contact.external_id for each in activities}))
        there = self.under(sorted(contacts.values())) if contacts else {}
        new = [each for each in activities if each.ref not in there and each.contact.external_id in contacts]
        sent = [_new(activity_note(each), contacts[each.contact.external_id]) for each in new]
        results = self.org.batch(self.path("batch/create"), sent, again=False, mark=mark_of)
        told = {
            each.ref: outcome("contact", result, "", None) for each, result in zip(new, results, strict=True)
        } | {ref: Outcome(Status.UPDATED, str(note["id"])) for ref, note in there.items()}
        return [told.get(each.ref, LACKING) for each in activities]

    def changed(self, cursor: str, limit: int) -> Changed:
        """Votes whose notes changed."""
        ours = {"propertyName": BODY, "operator": "CONTAINS_TOKEN", "value": TOKEN}
        page = pages(partial(self.finder.search("notes", [BODY, AT])), ours, CHANGED, held)
        return self.finder.follow("vote", page, cursor, limit)


def mark_of(note: Note) -> str | None:
    """Our reference of a note; None when it is not ours."""
    _, found, mark = str(note["properties"].get(BODY) or "").rpartition(f" {MARK}")
    return mark.partition("<")[0] if found else None


def held(note: Note) -> Held:
    """A vote as its note says."""
    version = str(note["properties"].get(CHANGED))
    return Held(Ref(mark_of(note) or "", str(note["id"])), vote_fields(note), version)


def vote_note(external_id: str, fields: Fields) -> dict[str, str]:
    """The note of a vote with these fields, which are all of them."""
    lines = [f"{name}: {escape(json.dumps(each, ensure_ascii=False))}" for name, each in fields.items()]
    body = BREAK.join([*lines, f"{TOKEN} {MARK}{external_id}"])
    return {BODY: body, AT: str(fields.get("cast_at") or "1970-01-01T00:00:00Z")}


def vote_fields(note: Note) -> dict[str, Value]:
    """The fields that a note says. What somebody made unreadable there reads as the text that it is."""
    fields: dict[str, Value] = {}
    for line in str(note["properties"].get(BODY) or "").split(BREAK)[:-1]:
        name, colon, value = unescape(line).partition(": ")
        if colon:
            try:
                fields[name] = json.loads(value)
            except ValueError:
                fields[name] = value
    return fields


def activity_note(activity: Activity) -> dict[str, str]:
    """The note of an activity."""
    lines = [activity.subject, activity.body, *(f"{name}: {each}" for name, each in activity.details.items())]
    body = BREAK.join([*(escape(each) for each in lines), f"community {MARK}{activity.ref}"])
    return {BODY: body, AT: activity.occurred_at}


def _contact(row: Row) -> str:
    return (row.parent.remote_id or "") if row.parent else ""


def _changed(row: Row, note: Note) -> dict[str, Any]:
    fields = {**vote_fields(note), **row.fields}
    return {"id": str(note["id"]), "properties": vote_note(row.ref.external_id, fields)}


def _new(properties: Mapping[str, str], contact_id: str) -> dict[str, Any]:
    return {"properties": properties, "associations": [{"types": [TO_CONTACT], "to": {"id": contact_id}}]}
