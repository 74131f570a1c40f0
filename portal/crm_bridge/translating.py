"""Translating: between the bridge and a vendor stands what both need not know.

For each call over the wire it notes whose records it is about, and it blanks secrets in what the CRM says.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from portal.crm_bridge.calling.blanking import blanked
from portal.crm_bridge.calling.wire import Call, Wire
from portal.crm_bridge.gateway import (
    Activity,
    Changed,
    CrmError,
    CrmGateway,
    Description,
    Held,
    Key,
    Kind,
    Outcome,
    Ref,
    Row,
)
from portal.crm_bridge.noting import Noted

Result = TypeVar("Result")


class Translated:
    """A gateway around the one of a vendor. `notes` holds the calls that were made and not yet written down."""

    def __init__(self, inner: CrmGateway, wire: Wire) -> None:
        self.inner = inner
        self.wire = wire
        self.notes: list[Noted] = []
        self._about: tuple[str, ...] = ()
        self._silent = False
        wire.note = self._note

    def describe(self) -> Description:
        return self.inner.describe()

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return self._ask((), lambda: self.inner.missing_schema(kinds))

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return self._ask((), lambda: self.inner.ensure_schema(kinds))

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        return self._ask([each.external_id for each in keys], lambda: self.inner.plan_keys(kind, keys))

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        about = [each.ref.external_id for each in rows]
        return self._said(self._ask(about, lambda: self.inner.upsert_many(kind, rows)))

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        about = [each.contact.external_id for each in activities]
        return self._said(self._ask(about, lambda: self.inner.add_activity(activities)))

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        return self._ask((), lambda: self.inner.fetch_changed(kind, cursor, limit))

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        return self._ask([each.external_id for each in refs], lambda: self.inner.read_many(kind, refs))

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        self._silent = True
        try:
            return self._said(self._ask((), lambda: self.inner.erase(kind, refs)))
        finally:
            self._silent = False

    def close(self) -> None:
        self.inner.close()

    def _ask(self, about: Sequence[str], ask: Callable[[], Result]) -> Result:
        self._about = tuple(about)
        try:
            return ask()
        except CrmError as error:
            error.args = (blanked(str(error), self.wire.secrets),)
            raise
        finally:
            self._about = ()

    def _said(self, outcomes: list[Outcome]) -> list[Outcome]:
        return [
            replace(each, message=blanked(each.message, self.wire.secrets)) if each.message else each
            for each in outcomes
        ]

    def _note(self, call: Call) -> None:
        if self._silent:
            # Of who is erased nothing is kept, also not in the call that erases.
            call = replace(call, path=call.path.partition("?")[0], sent="", answer="")
        self.notes.append((call, self._about))
