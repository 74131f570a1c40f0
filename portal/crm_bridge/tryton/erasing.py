"""Taking out of Tryton what the portal wrote, and nothing that others did."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.gateway import CrmError, Outcome, Ref, Status
from portal.crm_bridge.tryton.records import ID, MADE, MODELS, NOTE, PARTY, VOTE, blank, mark_of
from portal.crm_bridge.tryton.rpc import Rpc, halved
from portal.crm_bridge.tryton.schema import Schema

OF_OTHERS = ("addresses", "identifiers", "categories")


class Eraser:
    """Erases records."""

    def __init__(self, rpc: Rpc, schema: Schema) -> None:
        self.rpc, self.schema = rpc, schema

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        """Take out votes, or all of ours of parties. What is not there is erased."""
        model = MODELS[kind]
        names = [ID] if kind == "vote" else [ID, MADE, "contact_mechanisms", *OF_OTHERS]
        read = self.rpc.read(model, [[ID, "in", [ref.external_id for ref in refs]]], names)
        erased = halved(lambda part: self._erase(model, part), read, _failed)
        by_id = {each[ID]: outcome for each, outcome in zip(read, erased, strict=True)}
        return [by_id.get(ref.external_id) or Outcome(Status.ERASED, ref.remote_id) for ref in refs]

    def _erase(self, model: str, records: Sequence[dict[str, Any]]) -> list[Outcome]:
        ids, kept = [each["id"] for each in records], set[int]()
        if model == VOTE:
            self._delete(VOTE, ids)
        else:
            kept = self._erase_parties(records, ids)
        return [Outcome(Status.ERASED, str(each), blanked=each in kept) for each in ids]

    def _erase_parties(self, records: Sequence[dict[str, Any]], ids: Sequence[int]) -> set[int]:
        """Returns those that belong to others as well, and were blanked."""
        resources = [f"{PARTY},{each}" for each in ids]
        notes = self.rpc.read(NOTE, [["resource", "in", resources]], ["resource", "message"])
        files = self.rpc.read("ir.attachment", [["resource", "in", resources]], ["resource"])
        theirs = {
            each["resource"] for each in [*files, *(one for one in notes if not mark_of(one["message"]))]
        }
        self._delete(NOTE, [each["id"] for each in notes if mark_of(each["message"])])
        self._delete(VOTE, [each["id"] for each in self.rpc.read(VOTE, [["party", "in", list(ids)]], [])])
        alone = [
            each["id"] for each in records if _is_ours_alone(each) and f"{PARTY},{each['id']}" not in theirs
        ]
        deleted = halved(self._delete_parties, alone, lambda *_: False)
        kept = {each for each, gone in zip(alone, deleted, strict=True) if not gone} | set(ids) - set(alone)
        self._blank(sorted(kept))
        return kept

    def _delete_parties(self, ids: Sequence[int]) -> list[bool]:
        """Delete parties that only we know of. Refused, because something else hangs on one, it is blanked instead."""
        self._delete(PARTY, ids)
        return [True] * len(ids)

    def _blank(self, ids: Sequence[int]) -> None:
        if ids:
            self.rpc.ask(f"{PARTY}.write", list(ids), blank(self.schema.there(PARTY)), again=True)

    def _delete(self, model: str, ids: Sequence[int]) -> None:
        if ids:
            self.rpc.ask(f"{model}.delete", list(ids), again=False)


def _is_ours_alone(party: Mapping[str, Any]) -> bool:
    """Whether nobody there has added anything to a party that we made."""
    return (
        bool(party[MADE])
        and not any(party[each] for each in OF_OTHERS)
        and len(party["contact_mechanisms"]) <= 1
    )


def _failed(record: dict[str, Any], error: CrmError) -> Outcome:
    return Outcome(Status.FAILED, str(record["id"]), message=str(error), permanent=error.permanent)
