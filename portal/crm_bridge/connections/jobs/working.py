"""What a job does, step by step. Each step says how many more records were looked at; its transaction may end there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge import drifting, gathering, interacting, leasing, planning, pushing
from portal.crm_bridge.comparing import Subject, erasure
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.connections import testing
from portal.crm_bridge.connections.jobs.models import Act
from portal.crm_bridge.connections.jobs.summing import DriftSum, PlanSum
from portal.crm_bridge.describing import Voice
from portal.crm_bridge.gateway import Ref
from portal.crm_bridge.mapping import ACCOUNT, CONTACT, KINDS, VOTE
from portal.crm_bridge.models import CrmLink, Entity
from portal.crm_bridge.recording import Result, record
from portal.crm_bridge.translating import Translated
from portal.database import db, reading_only

DISCONNECTED = "disconnected"
ERASED_TOGETHER = 100


@dataclass(slots=True)
class Task:
    """A job at work: over which connection, and what it has found so far."""

    connection: Connection
    voice: Voice
    gateway: Translated
    found: dict[str, Any] = field(default_factory=dict)


Steps = Iterator[int]


def total(act: Act, name: str) -> int:
    """How many records there are to look at, for the length of a progress bar."""
    if act in (Act.PLAN, Act.PUSH):
        return gathering.size()
    if act in (Act.DRIFT, Act.REPAIR, Act.ERASE):
        links = sa.select(sa.func.count()).select_from(CrmLink).where(CrmLink.connection == name)
        return db.session.scalar(links) or 0
    return 0


def test(task: Task) -> Steps:
    """Who we are there and what we may."""
    task.found = testing.test(task.connection, task.gateway, clock.now())
    yield 0


def check(task: Task) -> Steps:
    """What the CRM lacks for us."""
    task.found = {"added": [], "missing": task.gateway.missing_schema(KINDS)}
    yield 0


def apply(task: Task) -> Steps:
    """Add what the CRM lacks for us, where it lets us."""
    added = task.gateway.ensure_schema(KINDS)
    task.found = {"added": added, "missing": []}
    yield 0
    task.found = {"added": added, "missing": task.gateway.missing_schema(KINDS)}


def plan(task: Task) -> Steps:
    """What a push would do. Nothing is written, neither here nor there."""
    summed = PlanSum()
    with reading_only():
        untold = interacting.untold(task.connection.name)
        db.session.rollback()
    for sheet in planning.everything(task.voice):
        db.session.rollback()
        sheet.changes = pushing.adopt_all(task.gateway, sheet.changes)
        summed.add(sheet)
        task.found = summed.found() | {"untold": untold}
        yield sheet.looked_at


def drift(task: Task, repairs: bool = False) -> Steps:
    """Read everything back and compare it; `repairs`: have the next push write what differs."""
    summed = DriftSum()
    task.found = summed.found()
    for compared in drifting.drift(task.connection.name, task.gateway, task.gateway.shape):
        summed.add(compared)
        if repairs:
            drifting.write_again(task.connection.name, compared.drifts)
        task.found = summed.found()
        yield compared.records


def repair(task: Task) -> Steps:
    """Read everything back; what differs is written again by the push that follows."""
    return drift(task, repairs=True)


def erase(task: Task, holder: str) -> Steps:
    """Take out of the CRM all that was written there: votes, contacts, accounts. Needs the lease."""
    name = task.connection.name
    task.found = {"erased": 0, "failed": 0, "words": ""}
    for kind, entity in ((VOTE, Entity.VOTE), (CONTACT, Entity.PERSON), (ACCOUNT, Entity.COMPANY)):
        after = (0, 0)
        while rows := _links(name, entity, after):
            after = (rows[-1].entity_id, rows[-1].idea_id)
            leasing.keep(name, holder, while_paused=True)
            yield 0
            changes = [
                erasure(Subject(entity, row.entity_id, row.idea_id), kind, row.remote_id, DISCONNECTED)
                for row in rows
            ]
            refs = [Ref(str(each.subject), each.remote_id) for each in changes]
            outcomes = pushing.row_by_row(partial(task.gateway.erase, kind.name), refs)
            results = [Result(each, {}, said) for each, said in zip(changes, outcomes, strict=True)]
            counts = record(name, results)
            task.found["erased"] += counts["erased"]
            task.found["failed"] += len(results) - counts["erased"]
            task.found["words"] = next(
                (each.message for each in outcomes if each.message), task.found["words"]
            )
            yield len(results)


def _links(name: str, entity: Entity, after: tuple[int, int]) -> Any:
    key = sa.tuple_(CrmLink.entity_id, CrmLink.idea_id)
    its = sa.select(CrmLink.entity_id, CrmLink.idea_id, CrmLink.remote_id)
    its = its.where(CrmLink.connection == name, CrmLink.entity == entity, key > after)
    rows = db.session.execute(its.order_by(CrmLink.entity_id, CrmLink.idea_id).limit(ERASED_TOGETHER)).all()
    db.session.rollback()
    return rows


LOOKING: Mapping[Act, Callable[[Task], Steps]] = {
    Act.TEST: test,
    Act.CHECK: check,
    Act.APPLY: apply,
    Act.PLAN: plan,
    Act.DRIFT: drift,
    Act.REPAIR: repair,
}
"""Jobs that need no lease."""
