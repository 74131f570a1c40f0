"""Writing contacts, companies and votes that are objects into HubSpot."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.crm_bridge.gateway import Activity, Outcome, Row, Status
from portal.crm_bridge.hubspot.assigning import TASK, Tasks
from portal.crm_bridge.hubspot.associating import associate
from portal.crm_bridge.hubspot.finding import Finder
from portal.crm_bridge.hubspot.noting import Notes
from portal.crm_bridge.hubspot.records import ID, MADE, TYPES, begun, outcome, properties

WRITTEN = (Status.CREATED, Status.UPDATED)
CONFLICT = "CONFLICT"
FOR_GOOD = "People there erased this contact for good"


class Writer:
    """Writes rows of one kind at a time."""

    def __init__(self, finder: Finder, notes: Notes, tasks: Tasks) -> None:
        self.finder, self.org = finder, finder.org
        self.notes, self.tasks = notes, tasks
        self._accounts: dict[str, str] = {}

    def upsert(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        """Write the rows: new ones by our id, found ones by the id there, known ones by our id if it is still there."""
        told = self._refused(kind, rows)
        rest = [row for row in rows if row.ref.external_id not in told]
        found = [row for row in rest if row.ref.remote_id and row.ref.external_id in self.finder.adopted]
        known = [row for row in rest if row.ref.remote_id and row not in found]
        new = [row for row in rest if not row.ref.remote_id]
        told |= self._sent(kind, "batch/upsert", new, [_new(kind, row) for row in new])
        told |= self._sent(kind, "batch/update", found, [self._of_others(_by_id(kind, row)) for row in found])
        told |= self._sent(kind, "batch/update", known, [self._of_others(_ours(kind, row)) for row in known])
        told |= self._swapped(kind, [row for row in known if _is_conflict(told[row.ref.external_id])])
        self._associate(kind, rows, told)
        return [told[row.ref.external_id] for row in rows]

    def add(self, activities: Sequence[Activity]) -> list[Outcome]:
        """Add what happened as notes, and what is to be done as open tasks."""
        to_do = [each for each in activities if each.kind == TASK]
        notes = [each for each in activities if each.kind != TASK]
        told = iter(self.tasks.add(to_do) if to_do else ()), iter(self.notes.add(notes) if notes else ())
        return [next(told[each.kind != TASK]) for each in activities]

    def _of_others(self, sent: dict[str, Any]) -> dict[str, Any]:
        """A record into which ours was merged was not made by us, though it may say so since."""
        if sent["properties"][ID] in self.finder.joined:
            sent["properties"][MADE] = ""
        return sent

    def _sent(
        self, kind: str, path: str, rows: Sequence[Row], inputs: Sequence[Mapping[str, Any]]
    ) -> dict[str, Outcome]:
        if not rows:
            return {}
        results = self.org.batch(self.finder.path(kind, path), inputs)
        told = {
            row.ref.external_id: outcome(kind, result, str(row.seq), row.ref.remote_id)
            for row, result in zip(rows, results, strict=True)
        }
        for row in rows:
            said = told[row.ref.external_id].status
            if said is Status.GONE:
                self.finder.gone[row.ref.external_id] = str(row.ref.remote_id)
            elif said in WRITTEN:
                self.finder.adopted.discard(row.ref.external_id)
                self.finder.joined.discard(row.ref.external_id)
        return told

    def _swapped(self, kind: str, rows: Sequence[Row]) -> dict[str, Outcome]:
        """No two contacts have one address. Those whose address is held by another of them give theirs up first."""
        if kind != "contact" or len(rows) < 2:
            return {}
        owners = self.finder.owners([str(row.fields.get("email") or "") for row in rows])
        wanted = {row.ref.external_id: owners.get(str(row.fields.get("email")).casefold()) for row in rows}
        while rows != (left := _among(rows, wanted)):
            rows = left
        if not rows:
            return {}
        without = [replace(row, fields={"email": None}) for row in rows]
        self.org.batch(self.finder.path(kind, "batch/update"), [_ours(kind, row) for row in without])
        return self._sent(kind, "batch/update", rows, [_ours(kind, row) for row in rows])

    def _refused(self, kind: str, rows: Sequence[Row]) -> dict[str, Outcome]:
        """Rows whose record was made one with that of somebody else of ours, or must not come back."""
        taken = self.finder.taken if kind in TYPES else {}
        forgotten = self.finder.forgotten if kind == "contact" else ()
        gone = {
            key: Outcome(Status.ERASED, self.finder.gone[key], message=FOR_GOOD)
            for row in rows
            if row.ref.remote_id is None and (key := row.ref.external_id) in forgotten
        }
        return gone | {
            key: Outcome(Status.FAILED, message=f"It was merged into that of {taken[key]}", permanent=True)
            for row in rows
            if row.ref.remote_id is None and (key := row.ref.external_id) in taken
        }

    def _associate(self, kind: str, rows: Sequence[Row], told: Mapping[str, Outcome]) -> None:
        """A new contact stands beside its company; after that, who works there moves it. A vote that is written whole
        stands beside its contact."""
        done = [(row, said) for row in rows if (said := told[row.ref.external_id]).status in WRITTEN]
        if kind == "vote":
            pairs = [
                (str(said.remote_id), str(row.parent.remote_id))
                for row, said in done
                if row.parent
                and row.parent.remote_id
                and (said.status is Status.CREATED or "idea" in row.fields)
            ]
            associate(self.org, str(self.finder.schema.type_of("vote")), TYPES["contact"], pairs)
        if kind == "contact":
            made = [
                (row, said) for row, said in done if row.ref.remote_id is None and row.fields.get("account")
            ]
            accounts = self._account_ids(sorted({str(row.fields["account"]) for row, _ in made}))
            pairs = [
                (str(said.remote_id), accounts[account])
                for row, said in made
                if (account := str(row.fields["account"])) in accounts
            ]
            associate(self.org, TYPES["contact"], TYPES["account"], pairs)

    def _account_ids(self, keys: Sequence[str]) -> dict[str, str]:
        if unknown := [key for key in keys if key not in self._accounts]:
            self._accounts |= self.finder.ids("account", unknown)
        return self._accounts


def _is_conflict(said: Outcome) -> bool:
    return said.status is Status.FAILED and said.message.startswith(CONFLICT)


def _among(rows: Sequence[Row], wanted: Mapping[str, str | None]) -> list[Row]:
    """Those whose address is held by another of them."""
    there = {row.ref.external_id for row in rows}
    return [row for row in rows if wanted[row.ref.external_id] in there]


def _new(kind: str, row: Row) -> dict[str, Any]:
    sent = begun(kind, row.fields) | properties(kind, row.fields)
    return {"id": row.ref.external_id, "idProperty": ID, "properties": {ID: row.ref.external_id, **sent}}


def _by_id(kind: str, row: Row) -> dict[str, Any]:
    sent = {ID: row.ref.external_id, **properties(kind, row.fields)}
    return {"id": str(row.ref.remote_id), "properties": sent}


def _ours(kind: str, row: Row) -> dict[str, Any]:
    """By our id: the id there of a contact that was merged leads to the one that stayed, which may be another's."""
    sent = {ID: row.ref.external_id, **properties(kind, row.fields)}
    return {"id": row.ref.external_id, "idProperty": ID, "properties": sent}
