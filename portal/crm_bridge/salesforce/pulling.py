"""Pulling from Salesforce: accounts, contacts of ours and opportunities with their own fields, by time and id."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from portal.crm_bridge.calling.digging import fields_of
from portal.crm_bridge.calling.following import Follower, Found
from portal.crm_bridge.gateway import Changed, Held, Names, Ref
from portal.crm_bridge.salesforce.asking import Asker, one_of, parts
from portal.crm_bridge.salesforce.finding import BEGINNING, PAGE
from portal.crm_bridge.salesforce.records import CONVERTED, IDS, LEAD, MASTER, moment, quoted
from portal.crm_bridge.salesforce.schema import Schema

OBJECTS = {"account": "Account", "contact": "Contact", "deal": "Opportunity"}
FROM_LEAD = "lead"
"""In the place of a name: the lead that a contact came from, which only the lead says."""


class Puller:
    """Reads records whoever made them; those in the bin among them."""

    def __init__(self, org: Asker, schema: Schema) -> None:
        self.org, self.schema = org, schema
        self._followers: dict[str, Follower] = {}

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed:
        """Records that changed after the cursor."""
        if not self._is_there(kind):
            return Changed([], cursor)
        if kind not in self._followers:
            self._followers[kind] = Follower(partial(self._page, kind, names), PAGE)
        return self._followers[kind].after(cursor, limit)

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
        """The records of these ids as they are now, also those in the bin."""
        if not self._is_there(kind):
            return [None for _ in ids]
        rows: list[dict[str, Any]] = []
        for part in parts([each for each in ids if each.isalnum()]):
            rows += self._ask(kind, names, one_of("Id", part))
        found = {
            str(each["Id"]): held for each, held in zip(rows, self._held(kind, names, rows), strict=True)
        }
        return [found.get(each) for each in ids]

    def _is_there(self, kind: str) -> bool:
        there = self.schema.there(OBJECTS[kind])
        return bool(there) and (kind != "contact" or IDS[kind] in there)

    def _known(self, kind: str, names: Names) -> Names:
        """Those that our user sees. A name of a relation, Owner.Name, is seen by its look-up, OwnerId."""
        there = self.schema.there(OBJECTS[kind])

        def is_there(name: str) -> bool:
            first, point, _ = name.partition(".")
            look_up = f"{first[:-1]}c" if first.endswith("__r") else f"{first}Id"
            return (look_up if point else first) in there

        return {ours: theirs for ours, theirs in names.items() if is_there(theirs)}

    def _ask(self, kind: str, names: Names, condition: str, end: str = "") -> list[dict[str, Any]]:
        there = self.schema.there(OBJECTS[kind])
        own = [each for each in (IDS.get(kind), MASTER) if each in there]
        fields = ["Id", "SystemModstamp", "IsDeleted", *own, *self._known(kind, names).values()]
        return self.org.query(
            list(dict.fromkeys(map(str, fields))), OBJECTS[kind], condition, end, deleted=True
        )

    def _page(self, kind: str, names: Names, at: str, id_: str, limit: int) -> tuple[list[Found], bool]:
        at = at or BEGINNING
        after = f"(SystemModstamp = {at} AND Id > {quoted(id_)}) OR SystemModstamp > {at}"
        condition = f"{IDS[kind]} != null AND ({after})" if kind == "contact" else after
        rows = self._ask(kind, names, condition, f"ORDER BY SystemModstamp, Id LIMIT {limit}")
        found = [
            Found(moment(each["SystemModstamp"]), str(each["Id"]), held)
            for each, held in zip(rows, self._held(kind, names, rows), strict=True)
        ]
        return found, len(rows) == limit

    def _held(self, kind: str, names: Names, rows: Sequence[Mapping[str, Any]]) -> list[Held]:
        known, leads = self._known(kind, names), self._leads(names, rows)
        held = []
        for each in rows:
            fields = fields_of(each, known)
            if FROM_LEAD in names.values():
                came = next(ours for ours, theirs in names.items() if theirs == FROM_LEAD)
                fields[came] = leads.get(str(each["Id"]))
            gone, master = bool(each.get("IsDeleted")), each.get(MASTER)
            ref = Ref(str(each.get(IDS.get(kind, "")) or ""), str(each["Id"]))
            held.append(Held(ref, {} if gone else fields, each.get("SystemModstamp"), gone, master))
        return held

    def _leads(self, names: Names, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Per contact the lead that was converted into it."""
        if FROM_LEAD not in names.values() or not self.schema.there(LEAD):
            return {}
        leads: dict[str, str] = {}
        for part in parts([str(each["Id"]) for each in rows]):
            condition = one_of(CONVERTED, part)
            found = self.org.query(["Id", CONVERTED], LEAD, condition)
            leads |= {str(each[CONVERTED]): str(each["Id"]) for each in found}
        return leads
