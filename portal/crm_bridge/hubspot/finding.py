"""Finding records in HubSpot: by our id, by mail address, by what became of them, and by what changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from portal.crm_bridge.calling.following import Follower, Found, Page
from portal.crm_bridge.gateway import Changed, Held, Key, Ref
from portal.crm_bridge.hubspot.asking import NOT_FOUND, Asker
from portal.crm_bridge.hubspot.records import ID, TYPES, changed_at, held, moment
from portal.crm_bridge.hubspot.schema import Schema

PAGE = 200
"""So many a search returns at once; of all that it finds it returns 10,000, so that each begins after a place."""


class Finder:
    """Reads contacts, companies and votes that are objects; writes nothing."""

    def __init__(self, org: Asker, schema: Schema) -> None:
        self.org, self.schema = org, schema
        self.gone: dict[str, str] = {}
        """The last known ids there of contacts and companies that were not found by ours any more."""
        self.adopted: set[str] = set()
        """Contacts and companies that were found and do not carry our id yet."""
        self.joined: set[str] = set()
        """Those into which somebody there merged ours: they are others' as well."""
        self.forgotten: set[str] = set()
        """Those whose contact people there erased for good."""
        self.taken: dict[str, str] = {}
        """Whose record was merged into that of somebody else of ours, by our ids."""
        self._followers: dict[str, Follower] = {}

    def path(self, kind: str, rest: str) -> str:
        """The path below the objects of a kind."""
        return self.org.path("objects", f"{self.schema.type_of(kind)}/{rest}")

    def keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        """The id of the record that each key stands for: ours, else the one that ours was merged into, else one of
        nobody's with the mail address."""
        if not self.schema.is_ready(kind):
            return [None for _ in keys]
        found = self.ids(kind, [key.external_id for key in keys])
        self.joined |= {key for key, id_ in found.items() if self.gone.get(key, id_) != id_}
        if kind in TYPES:
            others = self._merged(kind, [key.external_id for key in keys if key.external_id not in found])
            self.joined |= set(others)
            if kind == "contact":
                others |= self._by_mail([key for key in keys if key.external_id not in {*found, *others}])
            self.adopted |= set(others)
            found |= others
        known = {key.external_id: key.known for key in keys if key.known and key.external_id not in found}
        self.adopted |= set(known)
        found |= known
        return [found.get(key.external_id) for key in keys]

    def ids(self, kind: str, ours: Sequence[str]) -> dict[str, str]:
        """The ids there of records by ours, as far as they are there."""
        if not self.schema.is_ready(kind) or not ours:
            return {}
        found = self.org.read(self.path(kind, "batch/read"), ours, [ID], by=ID)
        return {str(each["properties"][ID]): str(each["id"]) for each in found}

    def _merged(self, kind: str, ours: Sequence[str]) -> dict[str, str]:
        """HubSpot answers to the id of a record that was merged with the one that stayed."""
        stayed: dict[str, str] = {}
        for key in ours:
            if key not in self.gone:
                continue
            path = self.path(kind, self.gone[key])
            answer = self.org.call("GET", path, params={"properties": ID}, accept={NOT_FOUND})
            if answer.status == NOT_FOUND:
                if kind == "contact" and self.was_forgotten(self.gone[key]):
                    self.forgotten.add(key)
                continue
            if owner := answer.data["properties"].get(ID):
                self.taken[key] = owner
            else:
                stayed[key] = str(answer.data["id"])
        return stayed

    def was_forgotten(self, id_: str) -> bool:
        """Whether a contact that is not found by its id was erased for good: then it is not in the bin either."""
        params = {"properties": ID, "archived": "true"}
        answer = self.org.call("GET", self.path("contact", id_), params=params, accept={NOT_FOUND})
        return answer.status == NOT_FOUND

    def _by_mail(self, keys: Sequence[Key]) -> dict[str, str]:
        """No two contacts have one mail address there."""
        mails = {str(key.email).casefold(): key.external_id for key in keys if key.email}
        nobodys = [each for each in self._with_mails(sorted(mails)) if not each["properties"].get(ID)]
        by_mail = {str(each["properties"]["email"]).casefold(): str(each["id"]) for each in nobodys}
        return {mails[mail]: id_ for mail, id_ in by_mail.items() if mail in mails}

    def _with_mails(self, mails: Sequence[str]) -> list[Any]:
        path = self.path("contact", "batch/read")
        return self.org.read(path, mails, [ID, "email"], by="email") if mails else []

    def owners(self, mails: Sequence[str]) -> dict[str, str]:
        """Per mail address whose of ours the contact is that has it."""
        found = self._with_mails(sorted({each.casefold() for each in mails if each}))
        return {
            str(each["properties"]["email"]).casefold(): str(each["properties"].get(ID) or "")
            for each in found
        }

    def read(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        """The records as they are now."""
        if not self.schema.is_ready(kind):
            return [None for _ in refs]
        types, path = self.schema.there(kind), self.path(kind, "batch/read")
        ids = [ref.external_id for ref in refs if ref.external_id]
        rows = self.org.read(path, ids, list(types), by=ID) if ids else []
        found = {str(each["properties"][ID]): held(kind, each, types) for each in rows}
        theirs = [str(ref.remote_id) for ref in refs if not ref.external_id]
        rows = self.org.read(path, theirs, list(types)) if theirs else []
        by_there = {str(each["id"]): held(kind, each, types) for each in rows}
        return [found.get(ref.external_id) or by_there.get(ref.remote_id or "") for ref in refs]

    def changed(self, kind: str, cursor: str, limit: int) -> Changed:
        """Records of ours that changed."""
        if not self.schema.is_ready(kind):
            return Changed([], cursor)
        types = self.schema.there(kind)
        search = partial(self.search_in, self.path(kind, "search"), list(types), changed_at(kind))
        ours = {"propertyName": ID, "operator": "HAS_PROPERTY"}
        page = pages(search, ours, changed_at(kind), lambda each: held(kind, each, types))
        return self.follow(kind, page, cursor, limit)

    def follow(self, kind: str, page: Page, cursor: str, limit: int) -> Changed:
        """What changed after the cursor."""
        if kind not in self._followers:
            self._followers[kind] = Follower(page, PAGE)
        return self._followers[kind].after(cursor, limit)

    def search_in(
        self, path: str, properties: Sequence[str], changed: str, filters: Sequence[Any], sort: str, size: int
    ) -> list[dict[str, Any]]:
        """The first `size` of what the filters let through, each with the property that says when it changed."""
        sent = {
            "filterGroups": [{"filters": list(filters)}],
            "sorts": [sort],
            "properties": [*properties, changed],
            "limit": size,
        }
        return list(self.org.call("POST", path, json=sent, again=True).data["results"])

    def search(self, type_: str, properties: Sequence[str]) -> Any:
        """A search over objects of another type."""
        path = self.org.path("objects", f"{type_}/search")
        return partial(self.search_in, path, properties, "hs_lastmodifieddate")


def pages(search: Any, ours: Mapping[str, str], changed: str, read: Any) -> Page:
    """Pages in the order (time, id). A search sorts by one property only, so what shares a time is asked for by id."""

    def found(each: Mapping[str, Any]) -> Found:
        return Found(moment(each["properties"][changed]), str(each["id"]), read(each))

    def at_one_time(at: str, id_: str, size: int) -> list[Found]:
        there = [_filter(changed, "EQ", _epoch(at)), _filter("hs_object_id", "GT", id_ or "0")]
        return [found(each) for each in search([ours, *there], "hs_object_id", size)]

    def page(at: str, id_: str, limit: int) -> tuple[list[Found], bool]:
        size = min(limit, PAGE)
        rows = at_one_time(at, id_, size) if at else []
        if len(rows) == size:
            return rows, True
        later = [found(each) for each in search([ours, _filter(changed, "GT", _epoch(at))], changed, size)]
        if len(later) < size:
            return rows + sorted(later, key=_place), False
        last = later[-1].at
        whole = [each for each in later if each.at != last]
        return rows + (sorted(whole, key=_place) or at_one_time(last, "", size)), True

    return page


def _place(each: Found) -> tuple[str, int]:
    return each.at, int(each.id)


def _filter(name: str, operator: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}


def _epoch(at: str) -> str:
    """Milliseconds since 1970, as a search wants them."""
    return str(round(datetime.fromisoformat(at).timestamp() * 1_000)) if at else "0"
