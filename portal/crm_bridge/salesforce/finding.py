"""Finding records in Salesforce: by our id, by mail address, by what became of them, and by what changed."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from portal.crm_bridge.calling.following import Follower, Found
from portal.crm_bridge.gateway import Changed, Held, Key, Ref
from portal.crm_bridge.salesforce.asking import TOGETHER, Asker, one_of, parts
from portal.crm_bridge.salesforce.records import (
    CONVERTED,
    IDS,
    LEAD,
    MASTER,
    OBJECTS,
    TASK,
    TASK_ID,
    held,
    moment,
    quoted,
)
from portal.crm_bridge.salesforce.schema import Schema

Record = Mapping[str, Any]
PAGE = 2_000
MAILS = 80
"""An address of a query is 16,384 letters long at most, and mail addresses may be long."""

BEGINNING = "1970-01-01T00:00:00.000Z"


class Finder:
    """Reads records; writes nothing. Where the org does not have our fields yet, there is nothing to read."""

    def __init__(self, org: Asker, schema: Schema) -> None:
        self.org, self.schema = org, schema
        self.taken: dict[str, str] = {}
        """Whose record was merged into that of somebody else of ours, by our ids; see `keys`."""
        self._followers: dict[str, Follower] = {}

    def is_ready(self, kind: str) -> bool:
        """Whether the org has our id on records of a kind."""
        return IDS[kind] in self.schema.there(OBJECTS[kind])

    def keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        """The id of the record that each key stands for.

        Ours; else the one that ours was merged into; else one of nobody's with the mail address, or that a lead with it
        became. Of several none is taken: nobody could say which.
        """
        if not self.is_ready(kind):
            return [None for _ in keys]
        found = self.ids(kind, [key.external_id for key in keys])
        if MASTER in self.schema.there(OBJECTS[kind]):
            found |= self._merged(kind, [key for key in keys if key.external_id not in found])
        if kind == "contact":
            found |= self._by_mail([key for key in keys if key.email and key.external_id not in found])
            found |= self._by_lead([key for key in keys if key.email and key.external_id not in found])
        return [found.get(key.external_id) or key.known for key in keys]

    def ids(self, kind: str, ours: Sequence[str]) -> dict[str, str]:
        """The ids there of records by ours, as far as they are there."""
        if not self.is_ready(kind):
            return {}
        rows = self.where(kind, ["Id"], IDS[kind], ours)
        return {str(each[IDS[kind]]): str(each["Id"]) for each in rows}

    def where(
        self, kind: str, fields: Sequence[str], name: str, values: Sequence[str]
    ) -> list[dict[str, Any]]:
        """These fields and our id of the records of a kind that have one of the values in a field."""
        every = (*fields, IDS[kind])
        return [
            row
            for part in parts(values, MAILS if name == "Email" else TOGETHER)
            for row in self.org.query(every, OBJECTS[kind], one_of(name, part))
        ]

    def _merged(self, kind: str, keys: Sequence[Key]) -> dict[str, str]:
        """Per key the record that its own was merged into, at last, unless that is somebody else's of ours."""
        ours, at = IDS[kind], dict[str, str]()
        for part in parts([key.external_id for key in keys]):
            gone = self._lost(kind, f"{MASTER} != null AND {one_of(ours, part)}")
            at |= {str(each[ours]): str(each[MASTER]) for each in gone}
        owners: dict[str, str] = {}
        left, seen = dict(at), set[str]()
        while left:
            masters = sorted(set(left.values()) - seen)
            seen |= set(masters)
            owners |= {str(each["Id"]): each[ours] for each in self.where(kind, ["Id"], "Id", masters)}
            lost = [each for each in masters if each not in owners]
            gone = [row for part in parts(lost) for row in self._lost(kind, one_of("Id", part))]
            further = {str(each["Id"]): str(each[MASTER]) for each in gone if each[MASTER]}
            left = {key: further[id_] for key, id_ in left.items() if id_ in further}
            at |= left
        self.taken |= {key: owners[master] for key, master in at.items() if owners.get(master)}
        return {key: master for key, master in at.items() if master in owners and not owners[master]}

    def _lost(self, kind: str, condition: str) -> list[dict[str, Any]]:
        """Records in the bin, with what they were merged into."""
        fields = ["Id", MASTER, IDS[kind]]
        return self.org.query(fields, OBJECTS[kind], f"IsDeleted = true AND {condition}", deleted=True)

    def _by_mail(self, keys: Sequence[Key]) -> dict[str, str]:
        mails = {str(key.email).casefold(): key.external_id for key in keys}
        nobodys: dict[str, list[str]] = {}
        for each in self.where("contact", ["Id", "Email"], "Email", sorted(mails)):
            if not each[IDS["contact"]]:
                nobodys.setdefault(each["Email"].casefold(), []).append(str(each["Id"]))
        return {mails[mail]: ids[0] for mail, ids in nobodys.items() if len(ids) == 1}

    def _by_lead(self, keys: Sequence[Key]) -> dict[str, str]:
        """The contact of nobody's that a lead with the mail address became. Two that did are none."""
        mails = {str(key.email).casefold(): key.external_id for key in keys}
        if not mails or not {"Email", CONVERTED} <= set(self.schema.there(LEAD)):
            return {}
        became: dict[str, set[str]] = {}
        for part in parts(sorted(mails), MAILS):
            condition = f"{CONVERTED} != null AND {one_of('Email', part)}"
            for each in self.org.query(["Email", CONVERTED], LEAD, condition):
                became.setdefault(each["Email"].casefold(), set()).add(str(each[CONVERTED]))
        ids = sorted({id_ for some in became.values() for id_ in some})
        nobodys = {
            str(each["Id"]) for each in self.where("contact", ["Id"], "Id", ids) if not each[IDS["contact"]]
        }
        left = {mail: some & nobodys for mail, some in became.items()}
        return {
            mails[mail]: next(iter(some)) for mail, some in left.items() if len(some) == 1 and mail in mails
        }

    def tasks(self, refs: Sequence[str]) -> dict[str, str]:
        """The ids of tasks by our reference."""
        rows = [
            row
            for part in parts(refs)
            for row in self.org.query(["Id", TASK_ID], TASK, one_of(TASK_ID, part))
        ]
        return {str(each[TASK_ID]): str(each["Id"]) for each in rows}

    def owners(self, contacts: Sequence[str]) -> dict[str, str]:
        """Who owns the account of each of these contacts, else the contact; by the ids there."""
        rows = [
            row
            for part in parts(sorted(set(contacts)))
            for row in self.org.query(["Id", "AccountId", "OwnerId"], "Contact", one_of("Id", part))
        ]
        accounts = sorted({str(each["AccountId"]) for each in rows if each["AccountId"]})
        of_account = {
            str(each["Id"]): each["OwnerId"]
            for part in parts(accounts)
            for each in self.org.query(["Id", "OwnerId"], "Account", one_of("Id", part))
        }
        found = {str(each["Id"]): of_account.get(str(each["AccountId"])) or each["OwnerId"] for each in rows}
        return {contact: str(owner) for contact, owner in found.items() if owner}

    def read(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        """The records as they are now."""
        if not self.is_ready(kind):
            return [None for _ in refs]
        names = self.schema.names(kind)
        fields = ["Id", "SystemModstamp", *names]
        rows = self.where(kind, fields, IDS[kind], [ref.external_id for ref in refs if ref.external_id])
        found = {str(each[IDS[kind]]): held(kind, each, names) for each in rows}
        theirs = [str(ref.remote_id) for ref in refs if not ref.external_id]
        rows = self.where(kind, fields, "Id", theirs)
        by_there = {str(each["Id"]): held(kind, each, names) for each in rows}
        return [found.get(ref.external_id) or by_there.get(ref.remote_id or "") for ref in refs]

    def changed(self, kind: str, cursor: str, limit: int) -> Changed:
        """Records of ours that changed, deleted and merged ones among them."""
        if not self.is_ready(kind):
            return Changed([], cursor)
        if kind not in self._followers:
            self._followers[kind] = Follower(partial(self._page, kind), PAGE)
        return self._followers[kind].after(cursor, limit)

    def _page(self, kind: str, at: str, id_: str, limit: int) -> tuple[list[Found], bool]:
        names = self.schema.names(kind)
        more = (MASTER,) if MASTER in self.schema.there(OBJECTS[kind]) else ()
        fields = ("Id", "SystemModstamp", "IsDeleted", IDS[kind], *more, *names)
        at = at or BEGINNING
        after = f"(SystemModstamp = {at} AND Id > {quoted(id_)}) OR SystemModstamp > {at}"
        rows = self.org.query(
            fields,
            OBJECTS[kind],
            f"{IDS[kind]} != null AND ({after})",
            f"ORDER BY SystemModstamp, Id LIMIT {limit}",
            deleted=True,
        )
        found = [Found(moment(each["SystemModstamp"]), each["Id"], held(kind, each, names)) for each in rows]
        return found, len(rows) == limit
