"""Pulling from HubSpot: companies, contacts of ours and deals with their own properties, searched by time and id."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from portal.crm_bridge.calling.digging import fields_of
from portal.crm_bridge.calling.following import Follower
from portal.crm_bridge.calling.following import pages as every_page
from portal.crm_bridge.gateway import Changed, CrmError, Held, Names, Ref
from portal.crm_bridge.hubspot.asking import NOT_FOUND, Asker
from portal.crm_bridge.hubspot.finding import PAGE, Finder, pages
from portal.crm_bridge.hubspot.records import ID, changed_at

TYPES = {"account": "companies", "contact": "contacts", "deal": "deals"}
OWNER = "hubspot_owner_id"
ANY = {"propertyName": "hs_object_id", "operator": "HAS_PROPERTY"}
OURS = {"propertyName": ID, "operator": "HAS_PROPERTY"}


class Puller:
    """Reads objects whoever made them. A search does not tell what was deleted; a look by id does."""

    def __init__(self, org: Asker, finder: Finder) -> None:
        self.org, self.finder = org, finder
        self._properties: dict[str, frozenset[str]] = {}
        self._followers: dict[str, Follower] = {}
        self._named: dict[str, str] | None = None

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed:
        """Objects that changed after the cursor."""
        if not self._is_there(kind):
            return Changed([], cursor)
        if kind not in self._followers:
            search = partial(
                self.finder.search_in, self._path(kind, "search"), self._wanted(kind, names), changed_at(kind)
            )
            read = partial(self._held, kind, names)
            page = pages(search, OURS if kind == "contact" else ANY, changed_at(kind), read)
            self._followers[kind] = Follower(page, PAGE)
        return self._followers[kind].after(cursor, limit)

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
        """The objects of these ids as they are now. To the id of one that was merged the one that stayed answers."""
        numbers = [each for each in ids if each.isascii() and each.isdigit()]
        if not numbers or not self._is_there(kind):
            return [None for _ in ids]
        wanted = self._wanted(kind, names)
        rows = self.org.read(self._path(kind, "batch/read"), numbers, wanted)
        found = {str(each["id"]): self._held(kind, names, each) for each in rows}
        for key in (each for each in numbers if each not in found):
            params = {"properties": ",".join(wanted)}
            answer = self.org.call("GET", self._path(kind, key), params=params, accept={NOT_FOUND})
            if answer.status != NOT_FOUND:
                found[key] = self._held(kind, names, answer.data)
            elif kind == "contact" and self.finder.was_forgotten(key):
                found[key] = Held(Ref("", key), {}, gone=True, erased=True)
        return [found.get(each) for each in ids]

    def _path(self, kind: str, rest: str) -> str:
        return self.org.path("objects", f"{TYPES[kind]}/{rest}")

    def _there(self, kind: str) -> frozenset[str]:
        if kind not in self._properties:
            path = self.org.path("properties", TYPES[kind])
            answer = self.org.call("GET", path, accept={NOT_FOUND})
            found = [] if answer.status == NOT_FOUND else answer.data["results"]
            self._properties[kind] = frozenset(each["name"] for each in found)
        return self._properties[kind]

    def _is_there(self, kind: str) -> bool:
        return ID in self._there(kind) if kind == "contact" else bool(self._there(kind))

    def _wanted(self, kind: str, names: Names) -> list[str]:
        there = self._there(kind)
        own = [ID] if ID in there else []
        return list(dict.fromkeys([*own, *(each for each in names.values() if each in there)]))

    def _held(self, kind: str, names: Names, record: Mapping[str, Any]) -> Held:
        values = record["properties"]
        known = {ours: theirs for ours, theirs in names.items() if theirs in self._there(kind)}
        fields = fields_of(values, known)
        for ours, theirs in known.items():
            if theirs == OWNER and fields[ours]:
                fields[ours] = self._owners().get(str(fields[ours]), fields[ours])
        return Held(Ref(str(values.get(ID) or ""), str(record["id"])), fields, record.get("updatedAt"))

    def _owners(self) -> dict[str, str]:
        """Names of those who own records, by their ids; none where the key may not read them."""
        if self._named is None:
            try:
                self._named = self._read_owners()
            except CrmError as error:
                if not (error.auth or error.permanent):
                    raise
                self._named = {}
        return self._named

    def _read_owners(self) -> dict[str, str]:
        named: dict[str, str] = {}
        after: str | None = "0"
        for _ in every_page():
            params = {"limit": 500, **({} if after == "0" else {"after": after})}
            data = self.org.call("GET", self.org.path("owners", "").rstrip("/"), params=params).data
            for each in data["results"]:
                whole = f"{each.get('firstName') or ''} {each.get('lastName') or ''}".strip()
                named[str(each["id"])] = whole or str(each.get("email") or each["id"])
            after = ((data.get("paging") or {}).get("next") or {}).get("after")
            if not after:
                break
        return named
