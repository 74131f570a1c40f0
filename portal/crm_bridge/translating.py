"""Translating: between the bridge and a vendor stands what both need not know.

It gives our fields the names that the CRM has for them, leaves alone what is filled already where we only fill
blanks, notes of each call over the wire whose records it is about, and blanks secrets in what the CRM says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from portal.crm_bridge import distrusting
from portal.crm_bridge.calling.blanking import blanked
from portal.crm_bridge.calling.wire import Call, Wire
from portal.crm_bridge.gateway import (
    BLANK,
    Activity,
    Changed,
    CrmError,
    CrmGateway,
    Description,
    Held,
    Identity,
    Key,
    Kind,
    Names,
    Outcome,
    Readable,
    Ref,
    Row,
    Status,
)
from portal.crm_bridge.noting import Noted
from portal.crm_bridge.shaping import EVERYTHING, Shape

CONTACT = "contact"
Result = TypeVar("Result")


class Translated:
    """A gateway around the one of a vendor. `notes` holds the calls that were made and not yet written down.

    `recognised` are accounts of the CRM that a pull found to be companies of ours, by our ids.
    """

    def __init__(
        self,
        inner: CrmGateway,
        wire: Wire,
        shape: Shape = EVERYTHING,
        recognised: Mapping[str, str] | None = None,
    ) -> None:
        self.inner = inner
        self.recognised = recognised or {}
        self.shape = shape
        self.wire = wire
        self.notes: list[Noted] = []
        self._about: tuple[str, ...] = ()
        self._silent = self._deaf = False
        wire.note = self._note

    def describe(self) -> Description:
        return self.inner.describe()

    def introduce(self) -> Identity:
        return self._ask((), self.inner.introduce)

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return self._ask((), lambda: self.inner.missing_schema(self.shape.kinds(kinds)))

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return self._ask((), lambda: self.inner.ensure_schema(self.shape.kinds(kinds)))

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        about = [each.external_id for each in keys]
        if kind == "account" and self.recognised:
            keys = [replace(each, known=self.recognised.get(each.external_id)) for each in keys]
        found = self._ask(about, lambda: self.inner.plan_keys(kind, keys))
        return [distrusting.known(each) for each in distrusting.each_of(found, len(keys))]

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        about = [each.ref.external_id for each in rows]
        rows = self._without_what_is_filled(kind, rows)
        sent = [replace(each, fields=self.shape.theirs(kind, each.fields)) for each in rows if each.fields]
        said = self._ask(about, lambda: self.inner.upsert_many(kind, sent)) if sent else []
        outcomes = iter(self._said(said, len(sent)))
        return [
            next(outcomes) if each.fields else Outcome(Status.UPDATED, remote_id=each.ref.remote_id)
            for each in rows
        ]

    def _without_what_is_filled(self, kind: str, rows: Sequence[Row]) -> list[Row]:
        """The rows without those fields that we only fill where nothing stands, and where something does."""
        blanks = self.shape.blanks(kind)
        asked = [each.ref for each in rows if each.ref.remote_id and not blanks.isdisjoint(each.fields)]
        held = dict(zip(asked, self.read_many(kind, asked), strict=True)) if asked else {}
        # One that was recognised there does not carry our id yet.
        by_there = {each: Ref("", each.remote_id) for each, found in held.items() if found is None}
        if by_there:
            held |= dict(zip(by_there, self.read_many(kind, list(by_there.values())), strict=True))

        def left(row: Row) -> Row:
            there = held.get(row.ref)
            if there is None:
                return row
            filled = {name for name in blanks if there.fields.get(name) not in BLANK}
            return replace(row, fields={n: value for n, value in row.fields.items() if n not in filled})

        return [left(each) for each in rows]

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        about = [each.contact.external_id for each in activities]
        said = self._ask(about, lambda: self.inner.add_activity(activities))
        return self._said(said, len(activities))

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        changed = distrusting.changed(self._list(kind, lambda: self.inner.fetch_changed(kind, cursor, limit)))
        return replace(changed, records=[self._ours(kind, each) for each in changed.records])

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        held = self._ask([each.external_id for each in refs], lambda: self.inner.read_many(kind, refs))
        held = [each and distrusting.held(each) for each in distrusting.each_of(held, len(refs))]
        return [each and self._ours(kind, each) for each in held]

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed:
        return distrusting.changed(self._list(kind, lambda: self._readable.pull(kind, names, cursor, limit)))

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
        held = self._list(kind, lambda: self._readable.look(kind, names, ids))
        return [each and distrusting.held(each) for each in distrusting.each_of(held, len(ids))]

    def _list(self, kind: str, ask: Callable[[], Result]) -> Result:
        """What is read of contacts belongs to many people: it is not kept as it came, since it would go with none of
        them."""
        self._deaf = kind == CONTACT
        try:
            return self._ask((), ask)
        finally:
            self._deaf = False

    @property
    def _readable(self) -> Readable:
        return cast(Readable, self.inner)

    def _ours(self, kind: str, held: Held) -> Held:
        return replace(held, fields=self.shape.ours(kind, held.fields))

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        self._silent = True
        try:
            return self._said(self._ask((), lambda: self.inner.erase(kind, refs)), len(refs))
        finally:
            self._silent = False

    def close(self) -> None:
        self.inner.close()

    def _ask(self, about: Sequence[str], ask: Callable[[], Result]) -> Result:
        self._about = tuple(about)
        try:
            return distrusting.sensibly(ask)
        except CrmError as error:
            error.args = (blanked(str(error), self.wire.secrets),)
            raise
        finally:
            self._about = ()

    def _said(self, outcomes: Sequence[Outcome], many: int) -> list[Outcome]:
        said = [distrusting.outcome(each) for each in distrusting.each_of(outcomes, many)]
        return [
            replace(each, message=blanked(each.message, self.wire.secrets)) if each.message else each
            for each in said
        ]

    def _note(self, call: Call) -> None:
        if self._silent:
            # Of who is erased nothing is kept, also not in the call that erases.
            call = replace(call, path=call.path.partition("?")[0], sent="", answer="")
        elif self._deaf:
            call = replace(call, answer="")
        self.notes.append((call, self._about))
