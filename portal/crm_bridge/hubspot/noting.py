"""Votes and activities as notes of a contact, each with a marker by which it is found again.

Notes have no properties of ours. So a note says its fields, one a line, then "communityvote ref:vote:12:7".
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape, unescape
from typing import Any

from portal.crm_bridge.gateway import Activity, Changed, Fields, Held, Key, Outcome, Ref, Row, Status, Value
from portal.crm_bridge.hubspot.associating import beside
from portal.crm_bridge.hubspot.finding import pages
from portal.crm_bridge.hubspot.hanging import LACKING, MARK, Hanging, Record, said
from portal.crm_bridge.hubspot.records import outcome

BODY, AT, CHANGED = "hs_note_body", "hs_timestamp", "hs_lastmodifieddate"
WORD = "communityvote"
BREAK = "<br>"
TO_CONTACT = 202
"""The type of the association of a note with its contact."""

GONE = Outcome(Status.GONE, message="No such note under the contact")


class Notes(Hanging):
    """Reads and writes notes of ours."""

    type_, body, more = "notes", BODY, (AT, CHANGED)

    def _of(self, votes: Sequence[str]) -> dict[str, Record]:
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
        return [self.held(there[ref.external_id]) if ref.external_id in there else None for ref in refs]

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

    def _sent(self, path: str, rows: Sequence[Row], sent: Sequence[Any], repeat: bool) -> dict[str, Outcome]:
        results = self.org.batch(self.path(path), sent, repeat, self.mark_of)
        return {
            row.ref.external_id: outcome("vote", result, str(row.seq), row.ref.remote_id)
            for row, result in zip(rows, results, strict=True)
        }

    def add(self, activities: Sequence[Activity]) -> list[Outcome]:
        """Add notes; those that are there already stay as they are."""
        return self.add_to(
            activities,
            lambda new: said(self.create([_new(activity_note(each), contact) for each, contact in new])),
        )

    def held(self, note: Record) -> Held:
        """A vote as its note says."""
        version = str(note["properties"].get(CHANGED))
        return Held(Ref(self.mark_of(note) or "", str(note["id"])), vote_fields(note), version)

    def changed(self, cursor: str, limit: int) -> Changed:
        """Votes whose notes changed."""
        ours = {"propertyName": BODY, "operator": "CONTAINS_TOKEN", "value": WORD}
        page = pages(partial(self.finder.search("notes", [BODY, AT])), ours, CHANGED, self.held)
        return self.finder.follow("vote", page, cursor, limit)


def vote_note(external_id: str, fields: Fields) -> dict[str, str]:
    """The note of a vote with these fields, which are all of them."""
    lines = [f"{name}: {escape(json.dumps(each, ensure_ascii=False))}" for name, each in fields.items()]
    body = BREAK.join([*lines, f"{WORD} {MARK}{external_id}"])
    return {BODY: body, AT: str(fields.get("cast_at") or "1970-01-01T00:00:00Z")}


def vote_fields(note: Record) -> dict[str, Value]:
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


def _changed(row: Row, note: Record) -> dict[str, Any]:
    fields = {**vote_fields(note), **row.fields}
    return {"id": str(note["id"]), "properties": vote_note(row.ref.external_id, fields)}


def _new(properties: Mapping[str, str], contact_id: str) -> dict[str, Any]:
    return {"properties": properties, "associations": [beside(contact_id, TO_CONTACT)]}
