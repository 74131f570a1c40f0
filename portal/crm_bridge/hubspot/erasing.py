"""Taking out of HubSpot what the portal wrote, and nothing that others did."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.gateway import Outcome, Ref, Status
from portal.crm_bridge.hubspot.asking import NOT_FOUND, parts
from portal.crm_bridge.hubspot.assigning import Tasks
from portal.crm_bridge.hubspot.associating import associated
from portal.crm_bridge.hubspot.finding import Finder
from portal.crm_bridge.hubspot.noting import Notes
from portal.crm_bridge.hubspot.records import ID, MADE, PREFIX, outcome

TOUCHED = "hs_updated_by_user_id"
"""Set once a person there changed the record."""


class Eraser:
    """Erases records with all of ours that hangs under them."""

    def __init__(self, finder: Finder, notes: Notes, tasks: Tasks) -> None:
        self.finder, self.notes, self.tasks, self.org = finder, notes, tasks, finder.org

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        """Delete votes, and contacts and companies that we made and nobody there changed; of others, empty ours."""
        if kind == "vote":
            self._votes(refs)
            return [Outcome(Status.ERASED, ref.remote_id) for ref in refs]
        if not self.finder.schema.is_ready(kind):
            return [Outcome(Status.ERASED, ref.remote_id) for ref in refs]
        ids = [ref.external_id for ref in refs]
        found = self.org.read(self.finder.path(kind, "batch/read"), ids, [ID, MADE, TOUCHED], by=ID)
        if kind == "contact":
            self._children(found)
        ours = [str(each["id"]) for each in found if _is_ours_alone(each)]
        others = [each for each in found if not _is_ours_alone(each)]
        self._delete(kind, ours)
        told, blanked = self._blank(kind, others), {str(each["properties"][ID]) for each in others}
        return [
            told.get(each, Outcome(Status.ERASED, ref.remote_id, blanked=each in blanked))
            for each, ref in zip(ids, refs, strict=True)
        ]

    def _votes(self, refs: Sequence[Ref]) -> None:
        unknown = [ref.external_id for ref in refs if not ref.remote_id]
        ids = [ref.remote_id for ref in refs if ref.remote_id]
        if not self.finder.schema.votes_are_notes:
            ids += self.finder.ids("vote", unknown).values()
            self._archive(str(self.finder.schema.type_of("vote")), ids)
            return
        there = self.notes.read([Ref(each) for each in unknown])
        ids += [each.ref.remote_id for each in there if each and each.ref.remote_id]
        self.notes.archive(ids)

    def _children(self, contacts: Sequence[Mapping[str, Any]]) -> None:
        """Notes, tasks and votes of ours. Under a contact that was merged hang those of others as well: they stay."""
        ids = [str(each["id"]) for each in contacts]
        people = {str(each["properties"][ID]).rpartition(":")[2] for each in contacts}
        if not ids:
            return
        notes = self.notes.under(ids)
        gone = [mark for mark in notes if not mark.startswith("vote:") or mark.rpartition(":")[2] in people]
        self.notes.archive([str(notes[mark]["id"]) for mark in gone])
        self.tasks.archive([str(each["id"]) for each in self.tasks.under(ids).values()])
        if not self.finder.schema.votes_are_notes and self.finder.schema.is_ready("vote"):
            type_ = str(self.finder.schema.type_of("vote"))
            votes = [
                each for listed in associated(self.org, "contacts", ids, type_).values() for each in listed
            ]
            found = self.org.read(self.finder.path("vote", "batch/read"), votes, [ID]) if votes else []
            ours = [each for each in found if str(each["properties"][ID]).rpartition(":")[2] in people]
            self._archive(type_, [str(each["id"]) for each in ours])

    def _archive(self, type_: str, ids: Sequence[str]) -> None:
        path = self.org.path("objects", f"{type_}/batch/archive")
        for part in parts(ids):
            self.org.call("POST", path, json={"inputs": [{"id": each} for each in part]}, again=True)

    def _delete(self, kind: str, ids: Sequence[str]) -> None:
        if kind != "contact" or self.org.settings["erase"] == "archive":
            self._archive(str(self.finder.schema.type_of(kind)), ids)
            return
        for each in ids:
            # By the id alone: an address that HubSpot does not know would be barred from coming back.
            path = self.finder.path("contact", "gdpr-delete")
            self.org.call("POST", path, json={"objectId": each}, again=True, accept={NOT_FOUND})

    def _blank(self, kind: str, records: Sequence[Mapping[str, Any]]) -> dict[str, Outcome]:
        """Our properties become empty; what is HubSpot's own stays. Returns those that were refused."""
        empty = {name: "" for name in self.finder.schema.there(kind) if name.startswith(PREFIX)}
        inputs = [{"id": str(each["id"]), "properties": empty} for each in records]
        results = self.org.batch(self.finder.path(kind, "batch/update"), inputs)
        return {
            str(each["properties"][ID]): outcome(kind, result, "", None)
            for each, result in zip(records, results, strict=True)
            if result.get("error")
        }


def _is_ours_alone(record: Mapping[str, Any]) -> bool:
    return record["properties"].get(MADE) == "true" and not record["properties"].get(TOUCHED)
