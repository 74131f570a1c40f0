"""Dividing: a gateway whose acts are done by parts of it. What each act does is said in `gateway.py`."""

from collections.abc import Sequence
from typing import Protocol

from portal.crm_bridge.gateway import Activity, Changed, Held, Key, Kind, Names, Outcome, Ref, Row


class Schema(Protocol):
    """Knows our fields there."""

    def missing(self, kinds: Sequence[Kind]) -> list[str]: ...

    def ensure(self, kinds: Sequence[Kind]) -> list[str]: ...


class Finder(Protocol):
    """Reads what is ours; writes nothing."""

    def keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]: ...

    def changed(self, kind: str, cursor: str, limit: int) -> Changed: ...

    def read(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]: ...


class Writer(Protocol):
    """Writes records and activities."""

    def upsert(self, kind: str, rows: Sequence[Row]) -> list[Outcome]: ...

    def add(self, activities: Sequence[Activity]) -> list[Outcome]: ...


class Eraser(Protocol):
    """Takes out what is ours."""

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]: ...


class Puller(Protocol):
    """Reads what people there know."""

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed: ...

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]: ...


class Divided:
    """A gateway that has its parts from its vendor; it says itself what it is, and who we are there."""

    schema: Schema
    finder: Finder
    writer: Writer
    eraser: Eraser
    puller: Puller

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return self.schema.missing(kinds)

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return self.schema.ensure(kinds)

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        return self.finder.keys(kind, keys)

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        return self.writer.upsert(kind, rows)

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        return self.writer.add(activities)

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        return self.finder.changed(kind, cursor, limit)

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        return self.finder.read(kind, refs)

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        return self.eraser.erase(kind, refs)

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed:
        return self.puller.pull(kind, names, cursor, limit)

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
        return self.puller.look(kind, names, ids)
