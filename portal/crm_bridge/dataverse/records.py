"""Our records as Dataverse keeps them: names of tables and columns, and values both ways."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from portal.crm_bridge.dataverse.asking import quoted
from portal.crm_bridge.dataverse.batching import Done
from portal.crm_bridge.gateway import Fields, Held, Kind, Outcome, Ref, Status, Value

STANDARD = {("contact", "email"): "emailaddress1"}
LONG = frozenset({"proof"})
MERGED, MASTER = "merged", "_masterid_value"
GONE = 404
PASSING = frozenset({408, 412, 429})
"""412: a row with our id came in between; the next push finds it."""


@dataclass(frozen=True, slots=True)
class Names:
    """How an environment calls what is ours; `prefix` is that of its publisher."""

    prefix: str

    def table(self, kind: str) -> str:
        """The logical name of a table."""
        return f"{self.prefix}_communityvote" if kind == "vote" else kind

    def rows(self, kind: str) -> str:
        """The name of its rows in a path."""
        return f"{self.table(kind)}s"

    def id(self, kind: str) -> str:
        """The column of the id there."""
        return f"{self.table(kind)}id"

    @property
    def key(self) -> str:
        """The column of our id, an alternate key."""
        return f"{self.prefix}_community_id"

    @property
    def made(self) -> str:
        """Set on what the portal created: only that may be deleted with the person's consent."""
        return f"{self.prefix}_community_made"

    @property
    def contact(self) -> str:
        """The look-up from a vote to its contact."""
        return f"{self.prefix}_contactid"

    def column(self, kind: str, name: str) -> str:
        """The column of a field of ours. A name of that form stays as it is."""
        begin = f"{self.prefix}_community_"
        return STANDARD.get((kind, name)) or (name if name.startswith(begin) else f"{begin}{name}")

    def field(self, kind: str, column: str) -> str | None:
        """The other way round; None for a column that is none of ours."""
        if (kind, "email") in STANDARD and column == STANDARD[kind, "email"]:
            return "email"
        begin = f"{self.prefix}_community_"
        return (
            column.removeprefix(begin)
            if column.startswith(begin) and column not in (self.key, self.made)
            else None
        )

    def wanted(self, kind: Kind) -> dict[str, str]:
        """The columns that a kind needs, with our types."""
        types = {self.key: "id"} | ({self.made: "text"} if kind.name != "vote" else {})
        for each in kind.fields:
            if (kind.name, each.name) not in STANDARD:
                types[self.column(kind.name, each.name)] = "long" if each.name in LONG else each.type
        return types

    def body(self, kind: str, fields: Fields) -> dict[str, Any]:
        """What is sent to write these fields."""
        return {self.column(kind, name): value for name, value in fields.items()}

    def begun(self, kind: str, fields: Fields) -> dict[str, Any]:
        """What is sent besides when the record is new. Afterwards the name there belongs to those who work there."""
        name = str(fields.get("name") or "").strip()
        if kind == "account":
            return {"name": name[:160] or "-", self.made: "yes"}
        if kind == "contact":
            first, _, last = name.rpartition(" ")
            return {"firstname": first[:50] or None, "lastname": last[:50] or "-", self.made: "yes"}
        return {}

    def by_key(self, kind: str, external_id: str) -> str:
        """The path of a record by our id. The key must not be in the body as well: there it would win."""
        return f"{self.rows(kind)}({self.key}={quote(quoted(external_id), safe='')})"

    def by_id(self, kind: str, id_: str) -> str:
        """The path of a record by the id there."""
        return f"{self.rows(kind)}({id_})"

    def held(self, kind: str, row: Mapping[str, Any], columns: Mapping[str, str]) -> Held:
        """A record as it is there. `columns` are those that were asked for."""
        ours = {each: self.field(kind, each) for each in columns}
        theirs: dict[str, Value] = {each: row.get(each) for each in columns if ours[each]}
        # Under either name: who mapped a field to another knows it by that.
        fields = {str(ours[each]): value for each, value in theirs.items()} | theirs
        ref = Ref(str(row.get(self.key) or ""), str(row[self.id(kind)]))
        return Held(
            ref, fields, row.get("@odata.etag"), merged_into=row.get(MASTER) if row.get(MERGED) else None
        )

    def outcome(self, kind: str, done: Done, known: str | None) -> Outcome:
        """What became of a row. `known` is the id by which it was sent, if it was."""
        if 200 <= done.status < 300 and isinstance(done.data, dict):
            id_ = str(done.data[self.id(kind)])
            if known and done.data.get(MERGED):
                return Outcome(Status.GONE, message=f"Merged into {done.data.get(MASTER)}")
            status = Status.CREATED if done.status == 201 else Status.UPDATED
            return Outcome(status, id_, done.data.get("@odata.etag"))
        message, column = _said(done)
        if done.status == GONE and known:
            return Outcome(Status.GONE, message=message)
        passing = done.status >= 500 or done.status in PASSING or done.status < 300 or done.status == GONE
        field = (self.field(kind, column) or column) if column else ""
        return Outcome(Status.FAILED, known, message=message, field=field, permanent=not passing)


def _said(done: Done) -> tuple[str, str]:
    """The words of an error and the column that it names, if it does."""
    error = done.data.get("error") if isinstance(done.data, dict) else None
    if not isinstance(error, dict):
        return f"Dynamics answered {done.status}", ""
    words = str(error.get("message") or "")
    named = re.search(r"'(\w+)'", words)
    return f"{error.get('code')}: {words}", named[1] if named else ""
