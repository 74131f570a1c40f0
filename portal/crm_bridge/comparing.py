"""Comparing what a record should say with what was last written of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from portal import clock
from portal.crm_bridge import gathering
from portal.crm_bridge.describing import Record
from portal.crm_bridge.gateway import Fields, Kind, Value
from portal.crm_bridge.mapping import differences, hash_of
from portal.crm_bridge.models import Entity, LinkState


class Verb(StrEnum):
    CREATE = "create"
    ADOPT = "adopt"
    """It is already there, under our id or mail address, and the ledger does not know it."""
    UPDATE = "update"
    SETTLE = "settle"
    """Nothing is to be sent: the record says less than before, because a field is no longer ours to write."""
    ERASE = "erase"


class Subject(NamedTuple):
    """What a record is about: a person, a company, or a person's vote on an idea."""

    entity: Entity
    entity_id: int
    idea_id: int = 0

    def __str__(self) -> str:
        return (
            f"{self.entity}:{self.entity_id}" if not self.idea_id else f"vote:{self.idea_id}:{self.entity_id}"
        )


@dataclass(slots=True)
class Change:
    """What is to be done to one record. `fields` is all it should say, `diff` what differs (update only). Nobody changes
    it; frozen, it would take four times as long to make.

    `records` are its canonical records by their names; `since` is when it was last written, "" for never;
    `whole`: nothing is known of what is there, so all is written.
    """

    verb: Verb
    subject: Subject
    kind: Kind
    remote_id: str | None
    fields: Fields
    hash: str
    email: str | None = None
    reason: str = ""
    attempts: int = 0
    diff: dict[str, tuple[Value, Value]] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    since: str = ""
    whole: bool = False


class Wanted(NamedTuple):
    """What a record should say: as fields, and as canonical records by their names. `email` may find it there."""

    subject: Subject
    kind: Kind
    fields: Fields
    records: Mapping[str, Record]
    email: str | None = None


class Waiting(StrEnum):
    """Why a difference is not sent now."""

    RETRY = "waits for another try"
    QUARANTINED = "quarantined"
    JUST_WRITTEN = "was written just now"
    IGNORED = "set aside by staff"


def compare(wanted: Wanted, link: Any, rest: timedelta = timedelta()) -> Change | str | None:
    """The change that a record needs; None when it was written already; a reason why it is not sent now.

    `link` is the ledger row, or None; what was written less than `rest` ago waits. The diff of an update is filled in by
    `with_differences`.
    """
    subject, kind, fields = wanted.subject, wanted.kind, wanted.fields
    hashed = hash_of(fields)
    if link is None:
        return Change(
            Verb.CREATE, subject, kind, None, fields, hashed, email=wanted.email, records=wanted.records
        )
    if link.last_hash == hashed:
        return None
    if link.state == LinkState.IGNORED:
        return Waiting.IGNORED
    if link.state == LinkState.QUARANTINED and link.refused_hash == hashed:
        return f"{Waiting.QUARANTINED}: {link.message}"
    if link.state == LinkState.RETRY and link.next_at is not None and link.next_at > clock.now():
        return Waiting.RETRY
    if rest and link.synced_at is not None and link.synced_at <= clock.now() < link.synced_at + rest:
        return Waiting.JUST_WRITTEN
    attempts = link.attempts if link.refused_hash == hashed else 0
    verb = Verb.UPDATE if link.remote_id else Verb.CREATE
    since = link.synced_at.isoformat() if link.synced_at else ""
    how: dict[str, Any] = {"attempts": attempts, "since": since, "whole": link.last_hash is None}
    how |= {"email": wanted.email, "records": wanted.records}
    return Change(verb, subject, kind, link.remote_id, fields, hashed, **how)


def with_differences(connection: str, changes: Sequence[Change]) -> list[Change]:
    """The same changes; each update knows which fields differ from what was last written."""
    updates = [change.subject for change in changes if change.verb is Verb.UPDATE]
    written: dict[Any, Any] = {}
    for entity in {subject.entity for subject in updates}:
        keys = [(each.entity_id, each.idea_id) for each in updates if each.entity is entity]
        found = gathering.last_fields(connection, entity, keys)
        written |= {Subject(entity, *key): fields for key, fields in found.items()}
    return [
        _with(change, differences(written.get(change.subject), change.fields))
        if change.verb is Verb.UPDATE
        else change
        for change in changes
    ]


def _with(change: Change, diff: dict[str, tuple[Value, Value]]) -> Change:
    return replace(change, diff=diff, verb=Verb.UPDATE if diff or change.whole else Verb.SETTLE)


def erasure(subject: Subject, kind: Kind, remote_id: str | None, reason: str) -> Change:
    """The change that takes a record away."""
    return Change(Verb.ERASE, subject, kind, remote_id, {}, "", reason=reason)
