"""Recording what became of each row: in the link ledger, in the log of exchanges, and as tombstones."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge import burying, noting
from portal.crm_bridge.comparing import Change, Verb
from portal.crm_bridge.gateway import Outcome, Status
from portal.crm_bridge.marking import mark
from portal.crm_bridge.models import (
    DONE,
    IGNORED,
    CrmExchange,
    CrmInteraction,
    CrmLink,
    CrmTombstone,
    Entity,
    LinkState,
)
from portal.crm_bridge.receipts import keeping
from portal.crm_bridge.retrying import judged
from portal.crm_bridge.upserting import upsert
from portal.database import db

KEPT = 20_000
"""How many exchanges are kept, over all connections. What is older is forgotten."""

NOTHING_REFUSED = {"attempts": 0, "next_at": None, "refused_hash": None, "message": None, "field": None}
WRITTEN = (
    *("remote_type", "remote_id", "last_hash", "last_fields", "remote_version", "synced_at", "state"),
    *NOTHING_REFUSED,
)

_LOG: Any = CrmExchange.__table__
_NEWEST = sa.select(sa.func.max(_LOG.c.id)).scalar_subquery()
_WRITE, _THIN = sa.insert(_LOG), sa.delete(_LOG).where(_LOG.c.id <= _NEWEST - sa.bindparam("kept"))
TRIED_ANEW = {"state": LinkState.RETRY, "attempts": 0, "next_at": None}
NO_ANSWER = "Sent; the answer is not known yet."


@dataclass(frozen=True, slots=True)
class Result:
    """One change and what the CRM made of it; `sent` is what went over the wire."""

    change: Change
    sent: dict[str, Any]
    outcome: Outcome


def intend(connection: str, creates: Sequence[Change]) -> None:
    """Write down, before it is sent, what will be new there. Without an answer it may be there or not: then it
    is looked for and adopted, or taken out when the person withdrew meanwhile."""
    values = {"state": LinkState.RETRY, "next_at": None, "message": NO_ANSWER, "field": None}
    rows = [
        _key(connection, change)
        | values
        | {"remote_type": change.kind.name, "refused_hash": change.hash, "attempts": change.attempts}
        for change in creates
    ]
    upsert(CrmLink, rows, (*values, "refused_hash", "attempts"))


def record(connection: str, results: Sequence[Result]) -> Counter[str]:
    """Write down the outcomes of one call. Returns how many rows were created, adopted, updated, erased, put
    into quarantine, or are to be tried again."""
    now = clock.now()
    results = [_erased_there(each) for each in results]
    done = [each for each in results if each.outcome.status in (Status.CREATED, Status.UPDATED)]
    erased = [each for each in results if each.outcome.status is Status.ERASED]
    failed = [each for each in results if each.outcome.status in (Status.FAILED, Status.GONE)]
    _written(connection, done, now)
    _erased(connection, erased, now)
    counts = _failed(connection, failed, now)
    _log(connection, results, now)
    counts.update(_word(each.change.verb) for each in done + erased)
    return counts


def _word(verb: Verb) -> str:
    return {
        "create": "created",
        "adopt": "adopted",
        "update": "updated",
        "erase": "erased",
        "settle": "equal",
    }[verb]


def _key(connection: str, change: Change) -> dict[str, Any]:
    subject = change.subject
    return {
        "connection": connection,
        "entity": subject.entity,
        "entity_id": subject.entity_id,
        "idea_id": subject.idea_id,
    }


def _written(connection: str, results: Sequence[Result], now: datetime) -> None:
    rows = [
        _key(connection, each.change)
        | {
            "remote_type": each.change.kind.name,
            "remote_id": each.outcome.remote_id or each.change.remote_id,
            "last_hash": each.change.hash,
            "last_fields": dict(each.change.fields),
            "remote_version": each.outcome.version,
            "synced_at": now,
            "state": LinkState.DONE,
            **NOTHING_REFUSED,
        }
        for each in results
    ]
    upsert(CrmLink, rows, WRITTEN)
    people = [each.change for each in results if each.change.subject.entity is Entity.PERSON]
    _mark_companies_left(connection, people)
    _lift_tombstones(connection, people, now)


def _mark_companies_left(connection: str, people: Sequence[Change]) -> None:
    """Who changes the company changes two accounts, and the journal names only the person."""
    accounts = {account for change in people for account in change.diff.get("account", ())}
    companies = [int(each.partition(":")[2]) for each in accounts if isinstance(each, str)]
    mark(connection, Entity.COMPANY, companies)


def _lift_tombstones(connection: str, people: Sequence[Change], now: datetime) -> None:
    if people:
        lift = sa.update(CrmTombstone).where(
            CrmTombstone.connection == connection,
            CrmTombstone.entity == Entity.PERSON,
            CrmTombstone.entity_id.in_([change.subject.entity_id for change in people]),
            CrmTombstone.lifted_at.is_(None),
        )
        db.session.execute(lift.values(lifted_at=now))


def _erased_there(result: Result) -> Result:
    """What people there erased for good must not come back: it is as if we had erased it."""
    change, outcome = result.change, result.outcome
    if outcome.status is not Status.ERASED or change.verb is Verb.ERASE:
        return result
    return Result(replace(change, verb=Verb.ERASE, reason=burying.THERE), {}, outcome)


def _erased(connection: str, results: Sequence[Result], now: datetime) -> None:
    """Forget the links and all that was said of them; of a person, the tombstone stays."""
    if not results:
        return
    for each in results:
        key = _key(connection, each.change)
        for table in (CrmLink, CrmExchange):
            db.session.execute(sa.delete(table).filter_by(**key))
    keeping.note(connection, results, now)
    noting.forget([str(each.change.subject) for each in results if not each.change.subject.idea_id])
    people = [each.change for each in results if each.change.subject.entity is Entity.PERSON]
    burying.forget(connection, [change.subject.entity_id for change in people])
    graves = {
        each.change.subject.entity_id: burying.Grave(
            each.change.remote_id or each.outcome.remote_id, each.change.reason
        )
        for each in results
        if each.change.subject.entity is Entity.PERSON
    }
    burying.bury(connection, graves, "contact", now)
    # Their votes are taken out by the next push.
    there = [change.subject.entity_id for change in people if change.reason == burying.THERE]
    mark(connection, Entity.PERSON, there)


def _failed(connection: str, results: Sequence[Result], now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    again: dict[Entity, set[int]] = {}
    for each in results:
        subject = each.change.subject
        values = _refusal(each, each.change.attempts + 1, now)
        row = _key(connection, each.change) | {"remote_type": each.change.kind.name} | values
        upsert(CrmLink, [row], list(values))
        if each.outcome.status is Status.GONE:
            _forget_what_was_written(connection, each.change)
        elif values["state"] == LinkState.QUARANTINED:
            counts["quarantined"] += 1
        else:
            counts["to be tried again"] += 1
            entity = Entity.COMPANY if subject.entity is Entity.COMPANY else Entity.PERSON
            again.setdefault(entity, set()).add(subject.entity_id)
    for entity, ids in again.items():
        mark(connection, entity, ids)
    return counts


def _refusal(result: Result, attempts: int, now: datetime) -> dict[str, Any]:
    """What the ledger says of a row that was not taken."""
    gone = result.outcome.status is Status.GONE
    state, next_at, message = judged(result.outcome, attempts, now)
    return {
        "remote_id": None if gone else result.change.remote_id,
        "state": state,
        "attempts": attempts,
        "next_at": None if gone else next_at,
        "refused_hash": result.change.hash,
        "message": message[:1_000],
        "field": result.outcome.field[:120] or None,
    }


def _forget_what_was_written(connection: str, change: Change) -> None:
    """The record is gone there; whatever hung under a contact may be gone as well, so it is written again."""
    subject = change.subject
    its = sa.update(CrmLink).where(CrmLink.connection == connection, CrmLink.entity_id == subject.entity_id)
    if subject.entity is Entity.PERSON:
        its = its.where(CrmLink.entity.in_((Entity.PERSON, Entity.VOTE)))
    else:
        its = its.where(CrmLink.entity == subject.entity, CrmLink.idea_id == subject.idea_id)
    db.session.execute(its.values(last_hash=None))


def _log(connection: str, results: Sequence[Result], now: datetime) -> None:
    """Keep what was said, within bounds. Of an erased record only that it was erased."""
    rows = [
        _key(connection, each.change)
        | {"at": now, "verb": each.change.verb, "sent": each.sent, "answer": each.outcome.as_answer()}
        for each in results
        if each.change.verb is not Verb.SETTLE
    ]
    if rows:
        db.session.execute(_WRITE, rows)
        db.session.execute(_THIN, {"kept": KEPT})


def release(connection: str) -> int:
    """Let everything that the CRM did not take be tried again at once, but what staff set aside; returns how many records
    that are."""
    its = CrmLink.connection == connection, CrmLink.state != DONE, CrmLink.state != IGNORED
    rows = db.session.execute(sa.select(CrmLink.entity, CrmLink.entity_id).where(*its)).all()
    mark(connection, Entity.COMPANY, {each.entity_id for each in rows if each.entity == Entity.COMPANY})
    mark(connection, Entity.PERSON, {each.entity_id for each in rows if each.entity != Entity.COMPANY})
    db.session.execute(sa.update(CrmLink).where(*its).values(TRIED_ANEW))
    untold = sa.update(CrmInteraction).where(
        CrmInteraction.connection == connection,
        CrmInteraction.state.in_((LinkState.RETRY, LinkState.QUARANTINED)),
    )
    db.session.execute(untold.values(TRIED_ANEW))
    return len(rows)
