"""Pulling from Dataverse: accounts, contacts of ours and opportunities with their own columns, by delta links.

`industrycode:name` is the word that people read for a choice or a look-up, `_transactioncurrencyid_value:code` the
letters of a currency.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.calling.digging import value_of
from portal.crm_bridge.dataverse.asking import Asker, one_of, parts
from portal.crm_bridge.dataverse.finding import EXPIRED, LARGEST_PAGE
from portal.crm_bridge.dataverse.records import MASTER, MERGED, Names
from portal.crm_bridge.gateway import Changed, Held, Ref

WORD = "OData.Community.Display.V1.FormattedValue"
SHOWN = f'odata.include-annotations="{WORD}"'
TABLES = {"account": "account", "contact": "contact", "deal": "opportunity"}
ROWS = {"account": "accounts", "contact": "contacts", "deal": "opportunities"}
NOT_FOUND = 404
Chosen = Mapping[str, str]


class Puller:
    """Reads rows whoever made them, and says what was deleted."""

    def __init__(self, org: Asker, names: Names) -> None:
        self.org, self.names = org, names
        self._columns: dict[str, frozenset[str]] = {}
        self._codes: dict[str, str] | None = None

    def pull(self, kind: str, chosen: Chosen, cursor: str, limit: int) -> Changed:
        """Rows that changed after the cursor, a link that Dataverse made; when it is too old, all are told once more."""
        if not self._is_there(kind):
            return Changed([], cursor)
        data = self._page(kind, cursor, chosen, limit)
        records = [held for row in data["value"] if (held := self._held(kind, row, chosen))]
        more = "@odata.nextLink" in data
        return Changed(records, str(data["@odata.nextLink" if more else "@odata.deltaLink"]), more)

    def look(self, kind: str, chosen: Chosen, ids: Sequence[str]) -> list[Held | None]:
        """The rows of these ids as they are now."""
        if not self._is_there(kind):
            return [None for _ in ids]
        select, rows = ",".join(self._select(kind, chosen)), list[dict[str, Any]]()
        for part in parts(sorted(ids)):
            params = {"$select": select, "$filter": one_of(self._id(kind), part)}
            rows += self.org.rows(ROWS[kind], params, {"prefer": SHOWN})
        found = {str(row[self._id(kind)]): self._held(kind, row, chosen) for row in rows}
        return [found.get(each) for each in ids]

    def _id(self, kind: str) -> str:
        return f"{TABLES[kind]}id"

    def _there(self, kind: str) -> frozenset[str]:
        if kind not in self._columns:
            path = f"EntityDefinitions(LogicalName='{TABLES[kind]}')/Attributes"
            answer = self.org.call("GET", path, params={"$select": "LogicalName"}, accept={NOT_FOUND})
            rows = [] if answer.status == NOT_FOUND else answer.data["value"]
            names = [str(each["LogicalName"]) for each in rows]
            # The value of a look-up is read under another name than it is defined by.
            self._columns[kind] = frozenset([*names, *(f"_{each}_value" for each in names)])
        return self._columns[kind]

    def _is_there(self, kind: str) -> bool:
        there = self._there(kind)
        return self.names.key in there if kind == "contact" else bool(there)

    def _known(self, kind: str, chosen: Chosen) -> Chosen:
        there = self._there(kind)
        return {ours: theirs for ours, theirs in chosen.items() if theirs.partition(":")[0] in there}

    def _select(self, kind: str, chosen: Chosen) -> list[str]:
        there = self._there(kind)
        own = [each for each in (self.names.key, MERGED, MASTER) if each in there]
        columns = [each.partition(":")[0] for each in self._known(kind, chosen).values()]
        return list(dict.fromkeys([self._id(kind), *own, *columns]))

    def _page(self, kind: str, cursor: str, chosen: Chosen, limit: int) -> Any:
        prefer = f"odata.track-changes,odata.maxpagesize={min(limit, LARGEST_PAGE)}"
        if cursor:
            answer = self.org.call("GET", cursor, {"prefer": SHOWN}, accept=EXPIRED)
            if answer.status not in EXPIRED:
                return answer.data
        params = {"$select": ",".join(self._select(kind, chosen))}
        return self.org.call("GET", ROWS[kind], {"prefer": f"{prefer},{SHOWN}"}, params=params).data

    def _held(self, kind: str, row: Mapping[str, Any], chosen: Chosen) -> Held | None:
        if "reason" in row:
            return Held(Ref("", str(row["id"])), {}, gone=True)
        ours = str(row.get(self.names.key) or "")
        if kind == "contact" and not ours:
            return None
        fields = {name: value_of(self._value(row, path)) for name, path in self._known(kind, chosen).items()}
        if "closed" in fields:
            # The state of a row that is open is 0.
            fields["closed"] = fields["closed"] not in (0, None)
        master = str(row.get(MASTER)) if row.get(MERGED) else None
        return Held(Ref(ours, str(row[self._id(kind)])), fields, row.get("@odata.etag"), merged_into=master)

    def _value(self, row: Mapping[str, Any], path: str) -> Any:
        column, _, how = path.partition(":")
        if how == "name":
            return row.get(f"{column}@{WORD}", row.get(column))
        return self._currencies().get(str(row.get(column))) if how == "code" else row.get(column)

    def _currencies(self) -> dict[str, str]:
        if self._codes is None:
            rows = self.org.rows(
                "transactioncurrencies", {"$select": "transactioncurrencyid,isocurrencycode"}
            )
            self._codes = {str(each["transactioncurrencyid"]): each["isocurrencycode"] for each in rows}
        return self._codes
