"""Writing contacts, accounts, votes and notes into Dataverse."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from portal.crm_bridge.dataverse.asking import Asker
from portal.crm_bridge.dataverse.batching import REPRESENTATION, Operation
from portal.crm_bridge.dataverse.finding import Finder
from portal.crm_bridge.dataverse.records import MASTER, MERGED, Names
from portal.crm_bridge.gateway import Activity, Outcome, Row, Status

NOTES = UUID("7b0e3c52-5d0f-4a52-9c39-0f5f6c1f8a11")
"""Notes have ids made of our references, so that the same one cannot be there twice."""

MARK = "ref:"
THERE = 412
WRITTEN = (Status.CREATED, Status.UPDATED)
LACKING = Outcome(Status.FAILED, message="No contact to hang it under")
LONGEST_SUBJECT, LONGEST_TEXT = 500, 50_000
LONGEST_OF_TASK, LONGEST_DESCRIPTION = 200, 2_000
TO_DO = "task"
NEW = {"If-None-Match": "*"}


class Writer:
    """Writes rows of one kind at a time."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.org: Asker = finder.org
        self.names: Names = finder.names
        self._accounts: dict[str, str] = {}

    def upsert(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        """Write the rows: new ones by our id, known ones by the id there if they are still there."""
        told = self._refused(kind, rows)
        rest = [row for row in rows if row.ref.external_id not in told]
        self._free(kind, rest)
        links = self._links(kind, rest)
        operations = [self._operation(kind, row, links.get(row.ref.external_id, {})) for row in rest]
        for row, done in zip(rest, self.org.write(operations), strict=True):
            said = self.names.outcome(kind, done, row.ref.remote_id)
            told[row.ref.external_id] = said
            if said.status in WRITTEN:
                self.finder.adopted.discard(row.ref.external_id)
        return [told[row.ref.external_id] for row in rows]

    def _operation(self, kind: str, row: Row, links: dict[str, Any]) -> Operation:
        more = [MERGED, MASTER] if MERGED in self.finder.schema.there(kind) else []
        select = f"?$select={','.join([self.names.id(kind), *more])}"
        headers = {"Prefer": REPRESENTATION}
        body = self.names.body(kind, row.fields) | links
        if row.ref.remote_id is None:
            path = self.names.by_key(kind, row.ref.external_id)
            return Operation("PATCH", path + select, self.names.begun(kind, row.fields) | body, headers)
        if row.ref.external_id in self.finder.adopted:
            body[self.names.key] = row.ref.external_id
        path = self.names.by_id(kind, row.ref.remote_id)
        return Operation("PATCH", path + select, body, {**headers, "If-Match": "*"})

    def _free(self, kind: str, rows: Sequence[Row]) -> None:
        """A row that was merged away keeps its key; the one that stayed can have it only afterwards."""
        losers = [
            self.finder.losers.pop(key)
            for row in rows
            if (key := row.ref.external_id) in self.finder.losers and key in self.finder.adopted
        ]
        freed = {self.names.key: None}
        self.org.write(
            [Operation("PATCH", self.names.by_id(kind, each), freed, {"If-Match": "*"}) for each in losers]
        )

    def _refused(self, kind: str, rows: Sequence[Row]) -> dict[str, Outcome]:
        """Votes without a contact, and rows that were made one with that of somebody else of ours."""
        if kind == "vote":
            return {row.ref.external_id: LACKING for row in rows if not (row.parent and row.parent.remote_id)}
        taken = self.finder.taken
        return {
            key: Outcome(Status.FAILED, message=f"It was merged into that of {taken[key]}", permanent=True)
            for row in rows
            if row.ref.remote_id is None and (key := row.ref.external_id) in taken
        }

    def _links(self, kind: str, rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
        """Per row its look-ups. A new contact is put under its account; after that, who works there moves it."""
        if kind == "vote":
            bind = f"{self.names.contact}@odata.bind"
            return {
                row.ref.external_id: {bind: f"/contacts({row.parent.remote_id})"}
                for row in rows
                if row.parent
            }
        wanted = {
            row.ref.external_id: str(row.fields["account"])
            for row in rows
            if kind == "contact" and row.ref.remote_id is None and row.fields.get("account")
        }
        if unknown := sorted(set(wanted.values()) - set(self._accounts)):
            self._accounts |= self.finder.ids("account", unknown)
        return {
            key: {"parentcustomerid_account@odata.bind": f"/accounts({self._accounts[each]})"}
            for key, each in wanted.items()
            if each in self._accounts
        }

    def add(self, activities: Sequence[Activity]) -> list[Outcome]:
        """Add notes to contacts, and open tasks for what is to be done; those that are there already stay as they are."""
        contacts = self.finder.ids("contact", sorted({each.contact.external_id for each in activities}))
        known = [each for each in activities if each.contact.external_id in contacts]
        to_do = {contacts[each.contact.external_id] for each in known if each.kind == TO_DO}
        owners = self.finder.owners(sorted(to_do)) if to_do else {}
        done = self.org.write([_note(each, contacts[each.contact.external_id], owners) for each in known])
        told = {
            each.ref: Outcome(Status.UPDATED, note_id(each.ref))
            if result.status == THERE
            else Outcome(Status.CREATED, note_id(each.ref))
            if result.status < 300
            else self.names.outcome("contact", result, None)
            for each, result in zip(known, done, strict=True)
        }
        return [told.get(each.ref, LACKING) for each in activities]


def note_id(ref: str) -> str:
    """The id of the note or the task of an activity."""
    return str(uuid5(NOTES, ref))


def _note(activity: Activity, contact_id: str, owners: Mapping[str, str]) -> Operation:
    details = [f"{name}: {value}" for name, value in activity.details.items()]
    text = "\n".join([activity.body, *details])[:LONGEST_TEXT]
    subject, mark = activity.subject[:LONGEST_SUBJECT], f"\n\n{MARK}{activity.ref}"
    if activity.kind != TO_DO:
        body = {"subject": subject, "notetext": text + mark}
        body["objectid_contact@odata.bind"] = f"/contacts({contact_id})"
        return Operation("PATCH", f"annotations({note_id(activity.ref)})", body, NEW)
    body = {
        "subject": subject[:LONGEST_OF_TASK],
        "description": text[: LONGEST_DESCRIPTION - len(mark)] + mark,
    }
    body["regardingobjectid_contact_task@odata.bind"] = f"/contacts({contact_id})"
    if due := activity.details.get("due"):
        body["scheduledend"] = f"{due}T12:00:00Z"
    if owner := owners.get(contact_id):
        body["ownerid@odata.bind"] = f"/systemusers({owner})"
    return Operation("PATCH", f"tasks({note_id(activity.ref)})", body, NEW)
