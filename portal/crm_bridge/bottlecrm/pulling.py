"""Pulling from BottleCRM, which does not say when an account or a deal was changed: each time, all are read and told."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from portal.crm_bridge.bottlecrm.finding import Finder, Record
from portal.crm_bridge.bottlecrm.records import ID, PATHS
from portal.crm_bridge.calling.digging import fields_of, moment
from portal.crm_bridge.calling.following import Found
from portal.crm_bridge.gateway import Changed, Held, Names, Ref

OPEN = "open"
PLAIN = re.compile(r"[\w-]+")
"""An id there. Whatever else a message names could lead to another place than a record."""
OBJECTS = {"account": "account_obj", "contact": "contact_obj", "deal": "opportunity_obj"}


class Puller:
    """Reads accounts, contacts of ours, and deals with their own fields."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self._read: dict[str, list[Found]] = {}

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed:
        """All records in the order in which they were made; behind the last one it begins anew."""
        if kind not in self._read:
            found = [each for record in self.finder.all(kind) if (each := _found(kind, names, record))]
            self._read[kind] = sorted(found, key=_place)
        rows = self._read[kind]
        at, _, id_ = cursor.partition("|")
        begin = bisect_right(rows, (at, id_), key=_place)
        part, more = rows[begin : begin + limit], len(rows) > begin + limit
        if not more:
            del self._read[kind]
        return Changed([each.held for each in part], "|".join(_place(part[-1])) if more else "", more)

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
        """The records of these ids as they are now."""
        return self.finder.crm.each(lambda id_: self._one(kind, names, id_), ids)

    def _one(self, kind: str, names: Names, id_: str) -> Held | None:
        if not PLAIN.fullmatch(id_):
            return None
        path = f"{PATHS[kind]}/{id_}/"
        answer = self.finder.crm.caller.call("GET", path, accept={400, 404})
        record = (
            answer.data.get(OBJECTS[kind]) if answer.status == 200 and isinstance(answer.data, dict) else None
        )
        found = _found(kind, names, record) if record else None
        return found.held if found else None


def _place(each: Found) -> tuple[str, str]:
    return each.at, each.id


def _found(kind: str, names: Names, record: Record) -> Found | None:
    """A record with its place; None for a contact of nobody's here."""
    ours = str((record.get("custom_fields") or {}).get(ID) or "")
    if kind == "contact" and not ours:
        return None
    fields: dict[str, Any] = fields_of(record, names)
    if "closed" in names:
        fields["closed"] = str(fields["closed"] or OPEN).lower() != OPEN or record.get("is_active") is False
    held = Held(Ref(ours, str(record["id"])), fields, record.get("updated_at"))
    return Found(moment(str(record["created_at"])), str(record["id"]), held)
