"""Finding records in Tryton: by our id, by mail address, by what replaced them, and by what changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.gateway import Changed, Held, Key, Ref
from portal.crm_bridge.tryton.changes import changed
from portal.crm_bridge.tryton.records import ID, MECHANISM, MODELS, PARTY, REPLACED, columns, held
from portal.crm_bridge.tryton.rpc import Rpc
from portal.crm_bridge.tryton.schema import Schema


class Finder:
    """Reads parties and votes; writes nothing."""

    def __init__(self, rpc: Rpc, schema: Schema) -> None:
        self.rpc, self.schema = rpc, schema
        self.replaced: dict[str, str] = {}
        """Why parties that were replaced and still carry our id are no longer those of our ids."""

    def by_key(self, kind: str, ours: Sequence[str], names: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
        """The records of these ids of ours, parties that were replaced among them."""
        more = [REPLACED] if MODELS[kind] == PARTY else []
        read = self.rpc.read(MODELS[kind], [[ID, "in", list(ours)]], [ID, *more, *names]) if ours else []
        return {str(each[ID]): each for each in read}

    def ids(self, kind: str, ours: Sequence[str]) -> dict[str, str]:
        """The ids there of records by ours, as far as they are there."""
        rows = self.by_key(kind, ours)
        return {key: str(each["id"]) for key, each in rows.items() if not each.get(REPLACED)}

    def keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        """The id of the record that each key stands for: ours, else the only one of nobody's with the mail address. Our id
        goes along to the party that replaces one of ours, unless that is somebody else's of ours."""
        rows = self.by_key(kind, [key.external_id for key in keys])
        found = {key: str(each["id"]) for key, each in rows.items() if not each.get(REPLACED)}
        self._ask_whose({key: each[REPLACED] for key, each in rows.items() if each.get(REPLACED)})
        mails = [key.email for key in keys if key.email and key.external_id not in rows]
        by_mail = self._by_mail(mails) if kind == "contact" and mails else {}
        return [
            found.get(key.external_id) or by_mail.get((key.email or "").casefold()) or key.known
            for key in keys
        ]

    def _ask_whose(self, replaced: Mapping[str, int]) -> None:
        """Say why of those parties that were replaced and could not hand over our id."""
        domain = [["id", "in", sorted(set(replaced.values()))]]
        read = self.rpc.read(PARTY, domain, [ID]) if replaced else []
        owners = {each["id"]: each[ID] for each in read}
        for key, party in replaced.items():
            self.replaced[key] = (
                f"It was merged into that of {owners[party]}"
                if owners.get(party)
                else f"It was replaced by party {party}, and our id did not go along: update the module community there"
            )

    def _by_mail(self, mails: Sequence[str]) -> dict[str, str]:
        """The one party of nobody's with each of these addresses; two with the same are none."""
        any_of = ["OR", *([["value", "ilike", _literally(each)]] for each in mails)]
        nobodys = [["party.community_id", "=", None], ["party.replaced_by", "=", None]]
        parties: dict[str, set[int]] = defaultdict(set)
        for each in self.rpc.read(MECHANISM, [["type", "=", "email"], *nobodys, any_of], ["value", "party"]):
            parties[each["value"].casefold()].add(each["party"])
        return {mail: str(*ids) for mail, ids in parties.items() if len(ids) == 1}

    def stamps(self, kind: str, ids: Sequence[str]) -> dict[str, str]:
        """When each record changed last, by its id; those that are not there, or were replaced, are left out."""
        numbers = [int(each) for each in ids if each.isdigit()]
        domain: list[Any] = [["id", "in", numbers]]
        if MODELS[kind] == PARTY:
            domain.append([REPLACED, "=", None])
        read = self.rpc.read(MODELS[kind], domain, ["_timestamp"]) if numbers else []
        return {str(each["id"]): each["_timestamp"] for each in read}

    def changed(self, kind: str, cursor: str, limit: int) -> Changed:
        """Records of ours that changed, those that were replaced among them."""
        types = self.schema.there(MODELS[kind])
        records, end = changed(self.rpc, kind, cursor, limit, self._names(kind))
        return Changed([held(kind, each, types) for each in records], end)

    def read(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        """The records as they are now; one that was replaced is not there."""
        types = self.schema.there(MODELS[kind])
        rows = self.by_key(kind, [ref.external_id for ref in refs if ref.external_id], self._names(kind))
        found = {key: held(kind, each, types) for key, each in rows.items() if not each.get(REPLACED)}
        theirs = [int(str(ref.remote_id)) for ref in refs if not ref.external_id]
        read = self.rpc.read(MODELS[kind], [["id", "in", theirs]], self._names(kind)) if theirs else []
        by_there = {str(each["id"]): held(kind, each, types) for each in read}
        return [found.get(ref.external_id) or by_there.get(ref.remote_id or "") for ref in refs]

    def _names(self, kind: str) -> list[str]:
        types = self.schema.there(MODELS[kind])
        more = [REPLACED] if MODELS[kind] == PARTY else []
        return list(dict.fromkeys([ID, "_timestamp", *more, *columns(kind, types).values()]))


def _literally(text: str) -> str:
    """A text for a comparison that would take % and _ for any letters."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
