"""Finding rows in Dataverse: by our id, by mail address, by what became of them, and by what changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.calling.following import pages
from portal.crm_bridge.dataverse.asking import Asker, one_of, parts
from portal.crm_bridge.dataverse.records import MASTER, MERGED, Names
from portal.crm_bridge.dataverse.schema import Schema
from portal.crm_bridge.gateway import Changed, Held, Key, Ref

EXPIRED = frozenset({400, 404, 410})
LARGEST_PAGE = 5_000
ACCOUNT, OWNER = "_parentcustomerid_value", "_owninguser_value"
Row = Mapping[str, Any]


class Finder:
    """Reads rows; writes nothing."""

    def __init__(self, org: Asker, schema: Schema, names: Names) -> None:
        self.org, self.schema, self.names = org, schema, names
        self.adopted: set[str] = set()
        """Contacts and accounts that were found and do not carry our id yet."""
        self.losers: dict[str, str] = {}
        """Rows that were merged away and still carry our id, by that."""
        self.taken: dict[str, str] = {}
        """Whose row was merged into that of somebody else of ours, by our ids."""

    def where(
        self, kind: str, columns: Sequence[str], name: str, values: Sequence[str], more: str = ""
    ) -> list[dict[str, Any]]:
        """These columns, the id and ours of the rows that have one of the values in a column."""
        select = ",".join(dict.fromkeys((self.names.id(kind), self.names.key, *columns)))
        return [
            row
            for part in parts(sorted(values))
            for row in self.org.rows(
                self.names.rows(kind), {"$select": select, "$filter": one_of(name, part) + more}
            )
        ]

    def keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        """The id of the row that each key stands for: ours, else the one that ours was merged into, else the only one
        of nobody's with the mail address."""
        if not self.schema.is_ready(kind):
            return [None for _ in keys]
        rows = self.by_key(kind, [key.external_id for key in keys])
        found = {key: self._id(kind, row) for key, row in rows.items() if not row.get(MERGED)}
        others = self._stayed(kind, {key: row for key, row in rows.items() if row.get(MERGED)})
        if kind == "contact":
            others |= self._by_mail([key for key in keys if key.email and key.external_id not in rows])
        others |= {key.external_id: key.known for key in keys if key.known and key.external_id not in rows}
        self.adopted |= set(others)
        return [(found | others).get(key.external_id) for key in keys]

    def by_key(
        self, kind: str, ours: Sequence[str], columns: Sequence[str] = ()
    ) -> dict[str, dict[str, Any]]:
        """The rows of these ids of ours, merged ones among them."""
        if not self.schema.is_ready(kind) or not ours:
            return {}
        every = (*self._of_merges(kind), *columns)
        return {str(row[self.names.key]): row for row in self.where(kind, every, self.names.key, ours)}

    def ids(self, kind: str, ours: Sequence[str]) -> dict[str, str]:
        """The ids there of rows by ours, as far as they are there."""
        rows = self.by_key(kind, ours)
        return {key: self._id(kind, row) for key, row in rows.items() if not row.get(MERGED)}

    def owners(self, contacts: Sequence[str]) -> dict[str, str]:
        """Which user owns the account of each of these contacts, else the contact; teams are nobody. By the ids there."""
        rows = self.where("contact", [ACCOUNT, OWNER], "contactid", contacts)
        accounts = {str(row[ACCOUNT]) for row in rows if row[ACCOUNT]}
        found = self.where("account", [OWNER], "accountid", sorted(accounts)) if accounts else []
        of_account = {self._id("account", row): row[OWNER] for row in found}
        owners = {self._id("contact", row): of_account.get(str(row[ACCOUNT])) or row[OWNER] for row in rows}
        return {contact: str(owner) for contact, owner in owners.items() if owner}

    def _of_merges(self, kind: str) -> tuple[str, ...]:
        return (MERGED, MASTER) if MERGED in self.schema.there(kind) else ()

    def _id(self, kind: str, row: Row) -> str:
        return str(row[self.names.id(kind)])

    def _stayed(self, kind: str, merged: Mapping[str, Row]) -> dict[str, str]:
        """Per key the row that its own was merged into, at last, unless that is somebody else's of ours."""
        stayed: dict[str, str] = {}
        at = {key: str(row[MASTER]) for key, row in merged.items()}
        self.losers |= {key: self._id(kind, row) for key, row in merged.items()}
        seen = {key: {id_} for key, id_ in at.items()}
        while at:
            found = self.where(kind, self._of_merges(kind), self.names.id(kind), sorted(set(at.values())))
            masters = {self._id(kind, row): row for row in found}
            there = {key: masters[id_] for key, id_ in at.items() if id_ in masters}
            merged = {key: row for key, row in there.items() if row.get(MERGED)}
            # Where merges go round and round, none of them stayed.
            at = {key: str(row[MASTER]) for key, row in merged.items() if str(row[MASTER]) not in seen[key]}
            for key, row in there.items():
                seen[key].add(at.get(key, ""))
                if key in merged:
                    continue
                if row.get(self.names.key):
                    self.taken[key] = str(row[self.names.key])
                else:
                    stayed[key] = self._id(kind, row)
        return stayed

    def _by_mail(self, keys: Sequence[Key]) -> dict[str, str]:
        mails = {str(key.email).casefold(): key.external_id for key in keys}
        nobodys: dict[str, list[str]] = {}
        more = f" and {self.names.key} eq null and statecode eq 0"
        for row in self.where("contact", ["emailaddress1"], "emailaddress1", list(mails), more):
            nobodys.setdefault(str(row["emailaddress1"]).casefold(), []).append(self._id("contact", row))
        return {mails[mail]: ids[0] for mail, ids in nobodys.items() if len(ids) == 1 and mail in mails}

    def read(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        """The rows as they are now; one that was merged away is not there."""
        columns = self.schema.columns(kind)
        rows = self.by_key(kind, [ref.external_id for ref in refs if ref.external_id], list(columns))
        held = {key: self.names.held(kind, row, columns) for key, row in rows.items() if not row.get(MERGED)}
        theirs = [str(ref.remote_id) for ref in refs if not ref.external_id]
        others = self.where(kind, list(columns), self.names.id(kind), theirs) if columns and theirs else []
        by_there = {self._id(kind, row): self.names.held(kind, row, columns) for row in others}
        return [held.get(ref.external_id) or by_there.get(ref.remote_id or "") for ref in refs]

    def changed(self, kind: str, cursor: str, limit: int) -> Changed:
        """Rows of ours that changed, and all that were deleted, of which only the id there is told.

        The cursor is a link that Dataverse made; when it is too old, everything is told once more.
        """
        if not self.schema.is_ready(kind):
            return Changed([], cursor)
        columns = self.schema.columns(kind)
        data = self._page(kind, cursor, [*columns, *self._of_merges(kind)], limit)
        for _ in pages():
            records = [each for row in data["value"] if (each := self._held(kind, row, columns))]
            link = str(data.get("@odata.nextLink") or data["@odata.deltaLink"])
            if records or "@odata.nextLink" not in data:
                break
            data = self.org.call("GET", link).data
        return Changed(records, link)

    def _page(self, kind: str, cursor: str, columns: Sequence[str], limit: int) -> Any:
        if cursor:
            answer = self.org.call("GET", cursor, accept=EXPIRED)
            if answer.status not in EXPIRED:
                return answer.data
        select = ",".join((self.names.id(kind), self.names.key, *columns))
        prefer = f"odata.track-changes,odata.maxpagesize={min(limit, LARGEST_PAGE)}"
        return self.org.call(
            "GET", self.names.rows(kind), {"prefer": prefer}, params={"$select": select}
        ).data

    def _held(self, kind: str, row: Row, columns: Mapping[str, str]) -> Held | None:
        if "reason" in row:
            return Held(Ref("", str(row["id"])), {}, gone=True)
        return self.names.held(kind, row, columns) if row.get(self.names.key) else None
