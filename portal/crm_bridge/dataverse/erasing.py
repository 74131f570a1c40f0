"""Taking out of Dataverse what the portal wrote, and nothing that others did."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.dataverse.asking import one_of, parts
from portal.crm_bridge.dataverse.batching import Done, Operation
from portal.crm_bridge.dataverse.finding import Finder
from portal.crm_bridge.dataverse.records import GONE, STANDARD
from portal.crm_bridge.dataverse.writing import MARK, note_id
from portal.crm_bridge.gateway import CrmError, Outcome, Ref, Status

CHANGED = 412
HANGING = (
    ("annotations", "annotationid", "notetext", "_objectid_value"),
    ("tasks", "activityid", "description", "_regardingobjectid_value"),
)
"""Table, id, text and contact of what may carry our mark."""

MAKER, LAST = "_createdby_value", "_modifiedby_value"


class Eraser:
    """Erases rows with all of ours that hangs under them."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.org, self.names = finder, finder.org, finder.names

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        """Delete votes, and contacts and accounts that we made and nobody else changed; of others, empty our columns."""
        columns = () if kind == "vote" else (self.names.made, MAKER, LAST)
        rows = self.finder.by_key(kind, [ref.external_id for ref in refs], columns)
        if kind == "contact" and rows:
            self._children(rows)
        alone = [key for key, row in rows.items() if kind == "vote" or self._is_ours_alone(row)]
        told = self._done(alone, [self._delete(kind, rows[key]) for key in alone])
        # Somebody changed it in between: then it belongs to others as well.
        others = [key for key in rows if key not in told or told[key].status == CHANGED]
        told |= self._done(others, [self._blank(kind, rows[key]) for key in others])
        return [
            self._said(kind, ref, told.get(ref.external_id), blanked=ref.external_id in others)
            for ref in refs
        ]

    def _done(self, keys: Sequence[str], operations: Sequence[Operation]) -> dict[str, Done]:
        return dict(zip(keys, self.org.write(operations), strict=True))

    def _is_ours_alone(self, row: Mapping[str, Any]) -> bool:
        return bool(row.get(self.names.made)) and row[MAKER] == row[LAST]

    def _delete(self, kind: str, row: Mapping[str, Any]) -> Operation:
        headers = {} if kind == "vote" else {"If-Match": str(row["@odata.etag"])}
        return Operation("DELETE", self.names.by_id(kind, row[self.names.id(kind)]), None, headers)

    def _blank(self, kind: str, row: Mapping[str, Any]) -> Operation:
        """Our columns become empty; what is the CRM's own stays."""
        ours = [each for each in self.finder.schema.columns(kind) if each not in STANDARD.values()]
        empty = dict.fromkeys((self.names.key, self.names.made, *ours))
        return Operation("PATCH", self.names.by_id(kind, row[self.names.id(kind)]), empty, {"If-Match": "*"})

    def _children(self, contacts: Mapping[str, Mapping[str, Any]]) -> None:
        """Votes, notes and tasks of ours. Under a contact that was merged hang those of others as well: they stay."""
        people = {key.rpartition(":")[2] for key in contacts}
        ids = [str(row[self.names.id("contact")]) for row in contacts.values()]
        gone: list[Operation] = []
        if self.finder.schema.is_ready("vote"):
            for row in self.finder.where("vote", [], f"_{self.names.contact}_value", ids):
                if str(row[self.names.key]).rpartition(":")[2] in people:
                    gone.append(self._delete("vote", row))
        for part in parts(ids):
            for table, id_, text, contact in HANGING:
                params = {"$select": f"{id_},{text}", "$filter": one_of(contact, part)}
                for note in self.org.rows(table, params):
                    mark = str(note[text] or "").rpartition(f"\n\n{MARK}")[2]
                    if note_id(mark) == note[id_]:
                        gone.append(Operation("DELETE", f"{table}({note[id_]})"))
        left = [each for each in self.org.write(gone) if not _is_gone(each)]
        if left:
            # The contact stays until nothing hangs under it: the next push finds it again, and with it what is left.
            raise CrmError(f"What hangs under a contact was not deleted: {left[0].status}", permanent=False)

    def _said(self, kind: str, ref: Ref, done: Done | None, *, blanked: bool) -> Outcome:
        if done is None or _is_gone(done):
            return Outcome(Status.ERASED, ref.remote_id, blanked=blanked)
        return self.names.outcome(kind, done, None)


def _is_gone(done: Done) -> bool:
    return done.status < 300 or done.status == GONE
