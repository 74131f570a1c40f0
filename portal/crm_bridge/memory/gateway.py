"""Records in memory, as a plain CRM keeps them: it never looks whether a new record is already there."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.crm_bridge.gateway import (
    Activity,
    Changed,
    Description,
    Held,
    Identity,
    Key,
    Kind,
    Outcome,
    Ref,
    Row,
    Status,
    Value,
)
from portal.crm_bridge.memory.declaration import DECLARATION


@dataclass
class Record:
    external_id: str
    parent_id: str | None
    fields: dict[str, Value]
    version: int


@dataclass
class Records:
    """What one CRM holds: records by kind and id, and the history of its contacts by our reference."""

    by_kind: dict[str, dict[str, Record]] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    versions: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))


SHELF: dict[str, Records] = {}
"""By the setting `name`, so that two connections of one process may share a CRM."""


class Memory:
    """`name` in the settings says which records; tests set `refuse` to have single rows refused."""

    def __init__(self, settings: Mapping[str, str], _: object = None) -> None:
        self.records = SHELF.setdefault(settings.get("name", "memory"), Records())
        self.refuse: dict[str, Outcome] = {}

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=100)

    def introduce(self) -> Identity:
        return Identity("the portal itself", "memory", writes=True)

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return [kind.name for kind in kinds if kind.name not in self.records.by_kind]

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        missing = self.missing_schema(kinds)
        self.records.by_kind.update({name: {} for name in missing})
        return missing

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        records = self._all(kind)
        by_key = {record.external_id: remote_id for remote_id, record in records.items()}
        by_mail = {
            str(record.fields["email"]).casefold(): remote_id
            for remote_id, record in records.items()
            if record.fields.get("email") and not record.external_id
        }
        return [by_key.get(key.external_id) or by_mail.get((key.email or "").casefold()) for key in keys]

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        return [self._write(kind, row) for row in rows]

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        outcomes = []
        for each in activities:
            status = Status.UPDATED if each.ref in self.records.activities else Status.CREATED
            self.records.activities.setdefault(each.ref, each)
            outcomes.append(Outcome(status, remote_id=each.ref))
        return outcomes

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        changed = [
            (record.version, remote_id)
            for remote_id, record in self._all(kind).items()
            if record.version > int(cursor or 0)
        ]
        changed = sorted(changed)[:limit]
        held = [self._held(kind, remote_id) for _, remote_id in changed]
        return Changed(records=held, cursor=str(changed[-1][0]) if changed else cursor)

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        known = self._all(kind)
        ids = [ref.remote_id or self.plan_keys(kind, [Key(ref.external_id)])[0] for ref in refs]
        return [self._held(kind, each) if each in known else None for each in ids]

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        for ref in refs:
            [remote_id] = self.plan_keys(kind, [Key(ref.external_id)])
            gone = self._all(kind).pop(ref.remote_id or remote_id or "", None)
            if gone and kind == "contact":
                votes = self._all("vote")
                for vote_id in [k for k, v in votes.items() if v.parent_id in (ref.remote_id, remote_id)]:
                    del votes[vote_id]
        return [Outcome(Status.ERASED, remote_id=ref.remote_id) for ref in refs]

    def close(self) -> None:
        pass

    def _all(self, kind: str) -> dict[str, Record]:
        return self.records.by_kind.setdefault(kind, {})

    def _held(self, kind: str, remote_id: str) -> Held:
        record = self._all(kind)[remote_id]
        return Held(Ref(record.external_id, remote_id), dict(record.fields), str(record.version))

    def _write(self, kind: str, row: Row) -> Outcome:
        if row.ref.external_id in self.refuse:
            return self.refuse[row.ref.external_id]
        records, version = self._all(kind), next(self.records.versions)
        parent_id = row.parent.remote_id if row.parent else None
        if row.ref.remote_id is None:
            remote_id = str(next(self.records.ids))
            records[remote_id] = Record(row.ref.external_id, parent_id, dict(row.fields), version)
            return Outcome(Status.CREATED, remote_id=remote_id, version=str(version))
        record = records.get(row.ref.remote_id)
        if record is None:
            return Outcome(Status.GONE, message=f"No {kind} {row.ref.remote_id}")
        record.external_id, record.parent_id, record.version = row.ref.external_id, parent_id, version
        record.fields.update(row.fields)
        return Outcome(Status.UPDATED, remote_id=row.ref.remote_id, version=str(version))
