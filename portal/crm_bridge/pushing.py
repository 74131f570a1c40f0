"""Pushing: the plan goes to the CRM in batches, and each outcome is written down before the next is sent.

`push` is a generator. At each `yield` a transaction must end: the caller commits and goes on. So nothing is held
locked while the CRM is asked, and a kill loses at most the outcomes of one call, which the next push adopts.
What is to be created is written down before it is sent: whatever becomes of the answer, we know what may be there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import groupby
from typing import Any

from portal.crm_bridge import consenting, gathering, leasing
from portal.crm_bridge.comparing import Change, Verb
from portal.crm_bridge.describing import person_key
from portal.crm_bridge.gateway import CrmError, CrmGateway, Fields, Key, Kind, Outcome, Ref, Row, Status
from portal.crm_bridge.mapping import KINDS, speaks
from portal.crm_bridge.marking import mark, unmark
from portal.crm_bridge.models import Entity
from portal.crm_bridge.planning import CAME_AND_WENT, Sheet
from portal.crm_bridge.recording import Result, intend, record

NOT_SENT = "not sent"
"""Counted when consent or the contact went between plan and push."""


@dataclass(slots=True)
class Step:
    """What was done since the last step."""

    counts: Counter[str] = field(default_factory=Counter)
    looked_at: int = 0


def push(connection: str, gateway: CrmGateway, holder: str, sheets: Iterable[Sheet]) -> Iterator[Step]:
    """Send the changes of the sheets under the lease of `holder`.

    Raises CrmError when the CRM cannot be asked, Conflict when the lease is lost; what was done until then stays.
    """
    is_ready = False
    for sheet in sheets:
        yield Step()
        if sheet.changes and not is_ready:
            # Not before there is something to write: a push that finds everything equal calls nobody.
            gateway.ensure_schema(KINDS)
            is_ready = True
        for kind, changes in groupby(sheet.changes, key=lambda each: each.kind):
            yield from _send_all(connection, gateway, holder, kind, list(changes))
        unmark(connection, sheet.marks)
        for subject in sheet.later():
            mark(connection, subject.entity, [subject.entity_id])
        leasing.keep(connection, holder)
        counts = Counter({"equal": sheet.equal, "skipped": len(sheet.skipped)})
        yield Step(counts, sheet.looked_at)


def _send_all(
    connection: str, gateway: CrmGateway, holder: str, kind: Kind, changes: Sequence[Change]
) -> Iterator[Step]:
    described = gateway.describe()
    erasures = [each for each in changes if each.verb is Verb.ERASE]
    writes = [each for each in changes if each.verb is not Verb.ERASE]
    new = sum(each.verb is Verb.CREATE for each in writes)
    is_bulk = 0 < described.bulk_from <= new
    for group, size in ((erasures, described.batch), (writes, len(writes) if is_bulk else described.batch)):
        for start in range(0, len(group), size):
            yield from _send(connection, gateway, holder, kind, group[start : start + size])


def _send(
    connection: str, gateway: CrmGateway, holder: str, kind: Kind, batch: Sequence[Change]
) -> Iterator[Step]:
    seq = leasing.keep(connection, holder)
    ready, parents = _still_allowed(connection, kind, batch)
    intend(connection, [change for change in ready if change.verb is Verb.CREATE])
    yield Step(Counter({NOT_SENT: len(batch) - len(ready)}))
    results = _ask(gateway, kind, ready, parents, seq)
    yield Step(record(connection, results))
    gone = [each.change for each in results if each.outcome.status is Status.GONE]
    if gone:
        anew = [replace(change, verb=Verb.CREATE, remote_id=None, diff={}) for change in gone]
        results = _ask(gateway, kind, anew, parents, seq)
        yield Step(record(connection, results))


def _still_allowed(
    connection: str, kind: Kind, batch: Sequence[Change]
) -> tuple[list[Change], dict[int, Ref]]:
    """Look once more, just before sending: consent may have gone, or come back, and a contact may be missing."""
    people = {each.subject.entity_id for each in batch if each.subject.entity is not Entity.COMPANY}
    refused = consenting.refusals(connection, people)
    parents: dict[int, Ref] = {}
    if kind.parent:
        links = gathering.links(connection, Entity.PERSON, people)
        parents = {each: Ref(person_key(each), row.remote_id) for each, row in links.items() if row.remote_id}

    def allowed(change: Change) -> bool:
        if change.subject.entity is Entity.COMPANY:
            return True
        if change.verb is Verb.ERASE:
            return change.subject.entity_id in refused or change.reason == CAME_AND_WENT
        return change.subject.entity_id not in refused and (
            not kind.parent or change.subject.entity_id in parents
        )

    return [change for change in batch if allowed(change)], parents


def _ask(
    gateway: CrmGateway, kind: Kind, batch: Sequence[Change], parents: dict[int, Ref], seq: int
) -> list[Result]:
    """Send one batch. What is new to us is looked for first: a push that was killed may have written it."""
    if not batch:
        return []
    if batch[0].verb is Verb.ERASE:
        refs = [_ref(change) for change in batch]
        outcomes = row_by_row(lambda part: gateway.erase(kind.name, part), refs)
        return [Result(change, {}, outcome) for change, outcome in zip(batch, outcomes, strict=True)]
    settled = [
        Result(each, {}, Outcome(Status.UPDATED, each.remote_id))
        for each in batch
        if each.verb is Verb.SETTLE
    ]
    batch = adopt(gateway, kind, [each for each in batch if each.verb is not Verb.SETTLE])
    rows = [_row(change, seq, parents.get(change.subject.entity_id)) for change in batch]
    outcomes = row_by_row(lambda part: gateway.upsert_many(kind.name, part), rows) if rows else []
    return settled + [
        Result(change, dict(row.fields), outcome)
        for change, row, outcome in zip(batch, rows, outcomes, strict=True)
    ]


def _row(change: Change, seq: int, parent: Ref | None) -> Row:
    records = {name: each for name, each in change.records.items() if speaks(name, change.diff)}
    key = sha256(f"{change.subject} {change.hash} {change.since}".encode()).hexdigest()[:32]
    sent = tuple(records.values())
    return Row(_ref(change), written(change), seq, parent, sent, key, change.attempts)


def adopt_all(gateway: CrmGateway, changes: Sequence[Change]) -> list[Change]:
    """`adopt` over changes of several kinds; they come back in their order."""
    return [
        each
        for kind, group in groupby(changes, key=lambda change: change.kind)
        for each in adopt(gateway, kind, list(group))
    ]


def adopt(gateway: CrmGateway, kind: Kind, batch: Sequence[Change]) -> list[Change]:
    """The same changes; what should be created but is there already is adopted instead. Writes nothing."""
    new = [change for change in batch if change.verb is Verb.CREATE]
    if not new:
        return list(batch)
    found = gateway.plan_keys(kind.name, [Key(str(change.subject), change.email) for change in new])
    there = {change.subject: remote_id for change, remote_id in zip(new, found, strict=True) if remote_id}
    return [
        replace(change, verb=Verb.ADOPT, remote_id=there[change.subject])
        if change.subject in there
        else change
        for change in batch
    ]


def written(change: Change) -> Fields:
    """The fields to send: those that differ, or all when nothing is known of what is there."""
    return {name: new for name, (_, new) in change.diff.items()} or change.fields


def _ref(change: Change) -> Ref:
    return Ref(str(change.subject), change.remote_id)


def row_by_row(call: Callable[[Sequence[Any]], list[Outcome]], rows: Sequence[Any]) -> list[Outcome]:
    """The outcomes of a call; a batch that is refused as a whole is halved until the bad rows stand alone."""
    try:
        return call(rows)
    except CrmError as error:
        if not error.permanent:
            raise
        if len(rows) == 1:
            return [Outcome(Status.FAILED, message=str(error), permanent=True)]
    half = len(rows) // 2
    return row_by_row(call, rows[:half]) + row_by_row(call, rows[half:])
