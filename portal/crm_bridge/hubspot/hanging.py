"""Hanging: what hangs under a contact of HubSpot and has no property of ours, so that its text ends in our marker.

A text ends in "ref:" and our reference. Of a contact those of ours are read, and the one with the marker is the one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portal.crm_bridge.gateway import Activity, Outcome, Status
from portal.crm_bridge.hubspot.asking import Asker, parts
from portal.crm_bridge.hubspot.associating import associated
from portal.crm_bridge.hubspot.finding import Finder
from portal.crm_bridge.hubspot.records import outcome

MARK = "ref:"
LACKING = Outcome(Status.FAILED, message="No contact to hang it under")
Record = Mapping[str, Any]
Write = Callable[[Sequence[tuple[Activity, str]]], Sequence[Outcome]]
"""Writes activities, each under the contact of that id; what became of each."""


class Hanging:
    """Objects of one type; `body` names the property of their text, `more` what is read besides."""

    type_: str
    body: str
    more: tuple[str, ...] = ()

    def __init__(self, org: Asker, finder: Finder) -> None:
        self.org, self.finder = org, finder

    def path(self, rest: str) -> str:
        """The path below these objects."""
        return self.org.path("objects", f"{self.type_}/{rest}")

    def mark_of(self, record: Record) -> str | None:
        """Our reference; None for what is not ours."""
        _, found, mark = str(record["properties"].get(self.body) or "").rpartition(f" {MARK}")
        return mark.partition("<")[0] if found else None

    def under(self, contacts: Sequence[str]) -> dict[str, Record]:
        """Those of ours of these contacts, by our reference; of two with one, the older."""
        listed = associated(self.org, "contacts", contacts, self.type_).values()
        ids = sorted({each for some in listed for each in some})
        found: dict[str, Record] = {}
        for record in sorted(self._read(ids), key=lambda each: int(each["id"]), reverse=True):
            if mark := self.mark_of(record):
                found[mark] = record
        return found

    def _read(self, ids: Sequence[str]) -> list[Record]:
        return self.org.read(self.path("batch/read"), ids, [self.body, *self.more]) if ids else []

    def archive(self, ids: Sequence[str]) -> None:
        """Put them into the bin. What is not there is left."""
        for part in parts(ids):
            sent = {"inputs": [{"id": each} for each in part]}
            self.org.call("POST", self.path("batch/archive"), json=sent, again=True)

    def create(self, inputs: Sequence[Record]) -> list[Record]:
        """What became of each of these."""
        return self.org.batch(self.path("batch/create"), inputs, again=False, mark=self.mark_of)

    def add_to(self, activities: Sequence[Activity], write: Write) -> list[Outcome]:
        """Have those that are not there yet written; the others stay as they are."""
        contacts = self.finder.ids("contact", sorted({each.contact.external_id for each in activities}))
        there = self.under(sorted(contacts.values())) if contacts else {}
        new = [
            (each, contacts[each.contact.external_id])
            for each in activities
            if each.ref not in there and each.contact.external_id in contacts
        ]
        written = zip((each.ref for each, _ in new), write(new) if new else (), strict=True)
        told = dict(written) | {ref: Outcome(Status.UPDATED, str(each["id"])) for ref, each in there.items()}
        return [told.get(each.ref, LACKING) for each in activities]


def said(results: Sequence[Record]) -> list[Outcome]:
    """What became of activities."""
    return [outcome("contact", each, "", None) for each in results]
