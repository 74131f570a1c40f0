"""The driver of jobs: what the worker does when it is asked for one. It ends its transactions."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any

from portal.accounts import mailing
from portal.crm_bridge import connecting, leasing, noting, planning
from portal.crm_bridge.cli import deliver, keeping_the_lease, opened
from portal.crm_bridge.connections.advising import advice
from portal.crm_bridge.connections.jobs import asking, working
from portal.crm_bridge.connections.jobs.disconnecting import disconnect
from portal.crm_bridge.connections.jobs.models import Act, CrmJob, Stage
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.pauses import pausing
from portal.crm_bridge.pulling.cli import pull
from portal.crm_bridge.serving import BROKE
from portal.database import db
from portal.errors import NotFound, Refusal
from portal.settings import Settings

log = logging.getLogger(__name__)

SECONDS_BETWEEN_BEATS = 1.0


class Unwanted(Exception):
    """Somebody stopped the job."""


class Ending(Exception):
    """The worker shall end; the job begins again with the next one."""


class Run:
    """One job at work."""

    def __init__(self, job: CrmJob, settings: Settings, stopping: Callable[[], bool]) -> None:
        self.id, self.act, self.name, self.by = job.id, Act(job.act), job.connection, job.by_id
        self.settings, self.stopping = settings, stopping
        self.done, self.total, self.told = 0, 0, time.monotonic()
        self.found: dict[str, Any] = {}

    def run(self) -> None:
        """Do it. Raises Unwanted, Ending, and what the CRM or the portal declines."""
        connection = connecting.find(self.name)
        self.total = working.total(self.act, self.name)
        db.session.rollback()
        if self.act is Act.PUSH:
            self._count(deliver(connection, self.settings, planning.everything))
        elif self.act is Act.PULL:
            self._count(pull(connection, self.settings))
        elif self.act is Act.ERASE:
            self._erase(connection)
        else:
            self._look(connection)

    def _look(self, connection: connecting.Connection) -> None:
        with opened(self.name, beat=self.beat) as (_, gateway):
            task = working.Task(connection, connecting.voice(connection, self.settings), gateway)
            # While the CRM is asked nobody waits for a lock of ours.
            db.session.rollback()
            for looked_at in working.LOOKING[self.act](task):
                self.found = task.found
                db.session.commit()
                self._advance(looked_at)
            self.found = task.found

    def _count(self, steps: Generator[Any]) -> None:
        counts = Counter[str]()
        with closing(steps):
            for step in steps:
                counts.update(step.counts)
                self.found = {"counts": dict(+counts)}
                self._advance(getattr(step, "looked_at", 0))

    def _erase(self, connection: connecting.Connection) -> None:
        voice = connecting.voice(connection, self.settings)
        with (
            self._leased() as holder,
            connecting.opened(connection, self.settings, keeping_the_lease(self.name, holder)) as gateway,
        ):
            task = working.Task(connection, voice, gateway)
            for looked_at in working.erase(task, holder):
                noting.write(self.name, gateway.notes)
                db.session.commit()
                self.found = task.found
                self._advance(looked_at)
            self.found = task.found

    @contextmanager
    def _leased(self) -> Iterator[str]:
        holder = leasing.take(self.name)
        db.session.commit()
        try:
            yield holder
        finally:
            db.session.rollback()
            leasing.give_back(self.name, holder)
            db.session.commit()

    def _advance(self, looked_at: int) -> None:
        self.done += looked_at
        self.beat()

    def beat(self) -> None:
        """Say, now and then, that the worker lives and how far it is."""
        if self.stopping():
            raise Ending
        if time.monotonic() - self.told > SECONDS_BETWEEN_BEATS:
            wanted = asking.beat(self.id, self.done, max(self.total, self.done))
            db.session.commit()
            self.told = time.monotonic()
            if not wanted:
                raise Unwanted


def work_waiting(settings: Settings, stopping: Callable[[], bool]) -> None:
    """Do the jobs that wait, one after the other. Commits."""
    busy: set[str] = set()
    while not stopping():
        job = asking.claim(busy)
        db.session.commit()
        if job is None:
            return
        name = job.connection
        if not _work(Run(job, settings, stopping)):
            busy.add(name)


def _work(run: Run) -> bool:
    """Do one job and write down what came of it; False when another look should wait."""
    stage, says = Stage.DONE, ""
    try:
        run.run()
    except Unwanted:
        stage, says = Stage.STOPPED, "Somebody stopped it. What was sent until then stays."
    except Ending:
        stage = Stage.WAITING
    except leasing.Busy:
        stage, says = Stage.WAITING, "It waits for the push that is under way."
    except (Refusal, CrmError) as refusal:
        stage, says = Stage.FAILED, _words(refusal, run.name)
    except Exception:
        log.exception("The job %s on %s broke off", run.act, run.name)
        stage, says = Stage.FAILED, BROKE
    db.session.rollback()
    asking.end(run.id, stage, says, run.done, run.found)
    if stage is Stage.DONE:
        _go_on(run)
    db.session.commit()
    mailing.deliver()
    return stage is not Stage.WAITING


def _words(refusal: Exception, name: str) -> str:
    """What was refused, and what to do."""
    error = refusal if isinstance(refusal, CrmError) else refusal.__cause__
    db.session.rollback()
    if not isinstance(error, CrmError):
        return str(refusal)
    try:
        return advice(error, connecting.find(name))
    except NotFound:
        return str(refusal)


def _go_on(run: Run) -> None:
    """What follows by itself: after a repair the push, after erasing everything the connection goes."""
    if run.act is Act.REPAIR and run.found["drifted"]:
        asking.ask(connecting.find(run.name), Act.PUSH, run.by)
    elif run.act is Act.ERASE and not run.found["failed"]:
        pausing.resume(run.name, by=run.by)
        disconnect(run.name, by=run.by)
