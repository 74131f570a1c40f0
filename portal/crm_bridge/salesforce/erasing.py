"""Taking out of Salesforce what the portal wrote, and nothing that others did."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.gateway import CrmError, Outcome, Ref, Status
from portal.crm_bridge.salesforce.asking import one_of, parts
from portal.crm_bridge.salesforce.finding import Finder
from portal.crm_bridge.salesforce.records import IDS, MADE, OBJECTS, STANDARD, TASK, TASK_ID
from portal.crm_bridge.salesforce.sending import GONE, Result, Sender, code_of, outcome


class Eraser:
    """Erases records with all of ours that hangs under them."""

    def __init__(self, finder: Finder, sender: Sender) -> None:
        self.finder, self.sender = finder, sender

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        """Delete votes, and contacts and accounts that we made and nobody else changed; of others, empty our fields."""
        if not self.finder.is_ready(kind):
            return [Outcome(Status.ERASED, ref.remote_id) for ref in refs]
        there = self._there(kind, [ref.external_id for ref in refs])
        if kind == "contact":
            self._children(there)
        ours = [key for key, each in there.items() if kind == "vote" or self._is_ours_alone(each)]
        others = [key for key in there if key not in ours]
        results = dict(zip(ours, self.sender.delete([there[key]["Id"] for key in ours]), strict=True))
        blanks = [self._blank(kind, there[key]["Id"]) for key in others]
        results |= dict(zip(others, self.sender.update(blanks), strict=True))
        return [_said(ref, results.get(ref.external_id), blanked=ref.external_id in others) for ref in refs]

    def _there(self, kind: str, ours: Sequence[str]) -> dict[str, dict[str, Any]]:
        fields = ["Id", "CreatedById", "LastModifiedById", *([MADE] if kind != "vote" else [])]
        rows = self.finder.where(kind, fields, IDS[kind], ours)
        return {row[IDS[kind]]: row for row in rows}

    def _is_ours_alone(self, record: Mapping[str, Any]) -> bool:
        # Who merges two contacts may give the one that stays what the other said.
        whose = {record["CreatedById"], record["LastModifiedById"]}
        return bool(record[MADE]) and whose == {self.finder.org.user_id}

    def _children(self, contacts: Mapping[str, Mapping[str, Any]]) -> None:
        """Votes and tasks of ours. Under a contact that was merged hang those of others as well: they stay."""
        people = {key.rpartition(":")[2] for key in contacts}
        ids: list[str] = []
        for part in parts([str(each["Id"]) for each in contacts.values()]):
            if self.finder.is_ready("vote"):
                votes = self.finder.where("vote", ["Id"], "Contact__c", part)
                ids += [each["Id"] for each in votes if str(each[IDS["vote"]]).rpartition(":")[2] in people]
            if TASK_ID in self.finder.schema.there(TASK):
                condition = f"{TASK_ID} != null AND {one_of('WhoId', part)}"
                ids += [each["Id"] for each in self.finder.org.query(["Id"], TASK, condition)]
        left = [each for each in self.sender.delete(ids) if not _is_gone(each)]
        if left:
            # The contact stays until nothing hangs under it: the next push finds it again, and with it what is left.
            raise CrmError(f"What hangs under a contact was not deleted: {code_of(left[0])}", permanent=False)

    def _blank(self, kind: str, id_: str) -> dict[str, Any]:
        """Our fields become empty; what is the CRM's own stays."""
        fields = [each for each in self.finder.schema.names(kind) if each not in STANDARD.values()]
        empty = dict.fromkeys((IDS[kind], *fields))
        return {"attributes": {"type": OBJECTS[kind]}, "id": id_, **empty, MADE: False}


def _is_gone(result: Result) -> bool:
    return bool(result.get("success")) or code_of(result) in GONE


def _said(ref: Ref, result: Result | None, *, blanked: bool) -> Outcome:
    if result is None or _is_gone(result):
        return Outcome(Status.ERASED, ref.remote_id, blanked=blanked)
    return outcome(result, "", None, str)
