"""Asking for a job: two presses make one. The worker takes it, and says how far it is."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.activity import journal
from portal.activity.events import CrmJobAsked, CrmPushAsked
from portal.crm_bridge import breaking, connecting
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.connections.jobs import queries
from portal.crm_bridge.connections.jobs.models import Act, CrmJob, Stage
from portal.crm_bridge.declaring import declaration
from portal.database import db, insert_missing
from portal.errors import Conflict

KEPT = 40
"""How many jobs of a connection are kept."""

SILENT = timedelta(minutes=3)
"""A worker that has said nothing for so long is taken for dead; the job is begun again, TRIES times in all."""
TRIES = 3

READS_BACK = frozenset({Act.DRIFT, Act.REPAIR})
SENDS = frozenset({Act.PUSH, Act.REPAIR})
CALLS = SENDS | {Act.PULL}
"""What is not done while the connection is paused."""


def ask(connection: Connection, act: Act, by: int | None) -> CrmJob:
    """The job, which the worker will do; the one that is open if there is one.

    Raises Conflict when the connection is paused and something would be sent, or cannot be read back.
    """
    connecting.make_default()
    if act in READS_BACK:
        connecting.refuse_unreadable(connection)
    if act is Act.PULL:
        _refuse_without_fields(connection)
    if act in CALLS:
        connecting.refuse_paused(connection)
        breaking.try_again(connection.name)
    row = {"connection": connection.name, "act": act, "by_id": by, "at": clock.now(), "stage": Stage.WAITING}
    if insert_missing(CrmJob, [row]):
        name = connection.name
        if act in SENDS:
            journal.record(CrmPushAsked(actor_id=by, connection=name))
        else:
            journal.record(CrmJobAsked(actor_id=by, connection=name, act=act))
        _forget_old(name)
    job = queries.open_one(connection.name, act)
    if job is None:
        raise Conflict("It ended just now. Look at what came of it, and ask again.")
    return job


def _refuse_without_fields(connection: Connection) -> None:
    declared = declaration(connection.vendor)
    if not declared.pulls:
        raise Conflict(f"There is nothing to read from {connection.name} ({declared.title}).")


def note_done(name: str, act: Act, by: int | None, found: dict[str, Any]) -> None:
    """Keep what came of something that was done at once."""
    now = clock.now()
    row = {"connection": name, "act": act, "by_id": by, "at": now, "began_at": now, "ended_at": now}
    db.session.add(CrmJob(**row, stage=Stage.DONE, found=found, done=0, total=0))
    db.session.flush()


def stop(job: CrmJob) -> None:
    """Do it no longer. What was sent until then stays; ending what has ended changes nothing."""
    now = clock.now()
    waits = sa.update(CrmJob).where(CrmJob.id == job.id, CrmJob.stage == Stage.WAITING)
    db.session.execute(waits.values(stage=Stage.STOPPED, ended_at=now, stop_at=now, says="Not begun."))
    runs = sa.update(CrmJob).where(
        CrmJob.id == job.id, CrmJob.stage == Stage.RUNNING, CrmJob.stop_at.is_(None)
    )
    db.session.execute(runs.values(stop_at=now))


def stop_all(name: str) -> None:
    """Nothing of a connection that goes is done any more."""
    its = sa.update(CrmJob).where(CrmJob.connection == name, CrmJob.ended_at.is_(None))
    says = "The connection was taken away."
    db.session.execute(its.values(stage=Stage.STOPPED, ended_at=clock.now(), says=says))


def claim(busy: Collection[str] = ()) -> CrmJob | None:
    """The next job, which is ours from now on; None when there is none, or another worker is at one. Connections that are
    `busy` have to wait for themselves alone."""
    _wake_the_dead()
    oldest = sa.select(CrmJob.id).where(CrmJob.stage == Stage.WAITING, CrmJob.connection.not_in(busy))
    job_id = db.session.scalar(oldest.order_by(CrmJob.id).limit(1))
    if job_id is None:
        return None
    now = clock.now()
    its = sa.update(CrmJob).where(CrmJob.id == job_id, CrmJob.stage == Stage.WAITING)
    taken = its.values(stage=Stage.RUNNING, began_at=now, beat_at=now, tries=CrmJob.tries + 1, done=0)
    try:
        with db.session.begin_nested():
            changed: Any = db.session.execute(taken)
    except sa.exc.IntegrityError:
        return None
    if changed.rowcount != 1:
        return None
    return db.session.get_one(CrmJob, job_id, populate_existing=True)


def _wake_the_dead() -> None:
    """A job whose worker was killed waits again, or is given up."""
    silent = CrmJob.stage == Stage.RUNNING, CrmJob.beat_at < clock.now() - SILENT
    again = sa.update(CrmJob).where(*silent, CrmJob.tries < TRIES, CrmJob.stop_at.is_(None))
    db.session.execute(again.values(stage=Stage.WAITING))
    says = f"The worker was ended {TRIES} times while it was at it. Look at its log, and ask again."
    given_up = sa.update(CrmJob).where(*silent)
    db.session.execute(given_up.values(stage=Stage.FAILED, ended_at=clock.now(), says=says))


def beat(job_id: int, done: int, total: int) -> bool:
    """Say that the worker lives and how far it is; False when the job is not wanted any more."""
    its = sa.update(CrmJob).where(
        CrmJob.id == job_id, CrmJob.stage == Stage.RUNNING, CrmJob.stop_at.is_(None)
    )
    values = {"beat_at": clock.now(), "done": done, "total": total}
    changed: Any = db.session.execute(its.values(**values))
    return bool(changed.rowcount == 1)


def end(job_id: int, stage: Stage, says: str, done: int, found: dict[str, Any]) -> None:
    """Write down what came of it. One that waits again is not ended, and was no try."""
    its = sa.update(CrmJob).where(CrmJob.id == job_id, CrmJob.stage == Stage.RUNNING)
    values: dict[str, Any] = {"stage": stage, "says": says[:1_000], "done": done, "found": found}
    waits = stage is Stage.WAITING
    values |= {"tries": CrmJob.tries - 1} if waits else {"ended_at": clock.now()}
    db.session.execute(its.values(**values))


def _forget_old(name: str) -> None:
    kept = sa.select(CrmJob.id).where(CrmJob.connection == name).order_by(CrmJob.id.desc()).limit(KEPT)
    old = CrmJob.connection == name, CrmJob.ended_at.is_not(None), CrmJob.id.not_in(kept)
    db.session.execute(sa.delete(CrmJob).where(*old), execution_options={"synchronize_session": False})
