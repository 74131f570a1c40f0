"""Fetching: what changed in a CRM is read by a cursor, a part at a time, and each part lands together with its cursor.

`fetch` is a generator as `pushing.push` is: at each `yield` a transaction must end. So nothing is held locked while the
CRM is asked, and who is killed goes on where the last part ended: a part that was read twice changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company
from portal.crm_bridge.gateway import Held, Readable, Ref
from portal.crm_bridge.mapping import hash_of
from portal.crm_bridge.marking import UNSEEN
from portal.crm_bridge.pulling import rereading
from portal.crm_bridge.pulling.choosing import PULLED, Choice
from portal.crm_bridge.pulling.landing import Landed, Source, land
from portal.crm_bridge.pulling.models import CrmCursor, CrmDeal, CrmPulled
from portal.crm_bridge.upserting import upsert
from portal.database import db

TOGETHER = 200
REREAD_AT_ONCE = 50
SWEPT_AFTER = timedelta(hours=24)
"""A record of which nothing was heard for so long is read again: not every CRM tells what was deleted."""

RENEWED_AFTER = timedelta(hours=1)
"""So often the age of what is known of companies is renewed, while the CRM says that nothing changed."""


@dataclass(slots=True)
class Step:
    """What was done since the last step."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pull:
    """A look into one CRM. `keep` says that whoever looks still may; it raises Conflict when not."""

    source: Source
    gateway: Readable
    choices: Mapping[str, Choice]
    keep: Callable[[], object]

    def fetch(self) -> Iterator[Step]:
        """Read what changed, what is to be read again, and some of what was not read for long. Raises CrmError."""
        yield from self.changed()
        yield from self._asked()
        yield from self._swept()

    def changed(self) -> Iterator[Step]:
        """Read what changed. Nothing of it must be kept."""
        for kind in (each.name for each in PULLED if each.name in self.choices):
            yield from self._changed(kind)

    def _changed(self, kind: str) -> Iterator[Step]:
        choice = self.choices[kind]
        names = hash_of(choice.names)
        row = db.session.get(CrmCursor, (self.source.connection, kind), populate_existing=True)
        cursor = row.cursor if row is not None and row.names_hash == names else ""
        more, seen = True, {cursor}
        while more:
            self.keep()
            yield Step()
            changed = self.gateway.pull(kind, choice.names, cursor, TOGETHER)
            landed = land(self.source, kind, choice, changed.records)
            # A cursor that was there before would have the same asked for ever.
            cursor, more = changed.cursor, changed.more and changed.cursor not in seen
            seen.add(cursor)
            self._move(kind, cursor, names, ended=not more)
            yield _step(landed)

    def _move(self, kind: str, cursor: str, names: str, ended: bool) -> None:
        values = {"cursor": cursor, "names_hash": names} | ({"ended_at": clock.now()} if ended else {})
        row = {"connection": self.source.connection, "kind": kind, **values}
        upsert(CrmCursor, [row], tuple(values))
        if ended and kind == "account":
            _renew(self.source.connection)

    def _asked(self) -> Iterator[Step]:
        """Those of which a message said that they changed."""
        while rows := rereading.asked(self.source.connection, REREAD_AT_ONCE):
            kind, ids = rows[0].kind, [row.remote_id for row in rows]
            seen = [(row.connection, row.kind, row.remote_id, row.marks) for row in rows]
            yield from self._look(kind, ids)
            rereading.done(seen)
            yield Step()

    def _swept(self) -> Iterator[Step]:
        """Some of those that were not read for long."""
        for kind in self.choices:
            if ids := _oldest(self.source.connection, kind):
                yield from self._look(kind, ids)

    def _look(self, kind: str, ids: list[str]) -> Iterator[Step]:
        choice = self.choices.get(kind)
        self.keep()
        yield Step()
        if choice is None:
            return
        found = self.gateway.look(kind, choice.names, ids)
        records = [
            Held(Ref("", key), {}, gone=True) if held is None else _under(held, key)
            for key, held in zip(ids, found, strict=True)
        ]
        yield _step(land(self.source, kind, choice, records))


def _under(held: Held, key: str) -> Held:
    """A CRM may answer to the id of a record that was merged with the one that stayed."""
    if str(held.ref.remote_id) == key:
        return held
    return replace(held, ref=Ref("", key), fields={}, merged_into=str(held.ref.remote_id))


def _step(landed: Landed) -> Step:
    return Step(landed.counts, landed.lines)


def _oldest(connection: str, kind: str) -> list[str]:
    before = clock.now() - SWEPT_AFTER
    its = sa.select(CrmPulled.remote_id).where(
        CrmPulled.connection == connection, CrmPulled.kind == kind, CrmPulled.read_at < before
    )
    its = its.where(CrmPulled.gone_at.is_(None), CrmPulled.entity_id.is_not(None)).order_by(CrmPulled.read_at)
    if kind == "deal":
        its = sa.select(CrmDeal.remote_id).where(CrmDeal.connection == connection, CrmDeal.read_at < before)
        its = its.order_by(CrmDeal.read_at)
    return list(db.session.scalars(its.limit(REREAD_AT_ONCE)))


def _renew(connection: str) -> None:
    """The CRM said all that changed: what it did not speak of is still so."""
    now = clock.now()
    known = sa.select(CrmPulled.entity_id).where(
        CrmPulled.connection == connection, CrmPulled.kind == "account", CrmPulled.gone_at.is_(None)
    )
    old = sa.update(Company).where(Company.id.in_(known), Company.crm_read_at < now - RENEWED_AFTER)
    db.session.execute(old.values(crm_read_at=now), execution_options=UNSEEN)
