"""When the readers are woken: after a commit that recorded something, and every minute. huey keeps the queue."""

import logging
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from huey import Huey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from huey.storage import RedisStorage, SqliteStorage
from redis import ConnectionPool
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal import clock, garbage
from portal.activity import queries
from portal.activity.lane import Lane
from portal.activity.reading import catch_up_all, never
from portal.database import db
from portal.settings import Settings

log = logging.getLogger(__name__)

Chore = Callable[[Callable[[], bool]], None]

WAITING = "a wake waits"
SEEN = "worker seen"
SECONDS_TO_FINISH = 10
SECONDS_OF_A_LOOK = 30
SECONDS_UNTIL_NEXT_LOOK = 1.0


class Queue(SqliteStorage):
    """huey's file. A lost wake costs a minute at most, so commits do not wait for the disk."""

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


class Worker(Consumer):
    """huey's consumer, which finishes the batch in hand whichever way it is asked to stop."""

    def __init__(self, huey: Huey, **options: Any) -> None:
        super().__init__(huey, **options)
        self._signal_actions = dict.fromkeys((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), (False, True))

    def start(self) -> None:
        """Listen to signals before the first task is taken, not after."""
        self._set_signal_handlers()
        super().start()


def _set_aside_if_damaged(path: Path) -> None:
    """A queue that is no database any more is put aside: the schedule makes good what waited in it."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA quick_check").fetchone()
    except sqlite3.OperationalError:
        return
    except sqlite3.DatabaseError:
        log.exception("The queue %s is damaged: a new one is made, the old one is kept as *.damaged", path)
        for tail in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.replace(f"{path}{tail}", f"{path}{tail}.damaged")


class Jobs:
    """The queue of one portal. It is opened on the first use, never while the program loads."""

    def __init__(self, settings: Settings, context: Callable[[], AbstractContextManager[Any]]) -> None:
        """`context` makes the app context in which a task runs."""
        self._settings = settings
        self._context = context
        self._stopping: Callable[[], bool] = never
        self._chores: dict[str, Chore] = {}
        self._lane_of: dict[str, str] = {}
        self._lanes: dict[str, Lane] = {}
        self._asked: dict[str, Any] = {}

    def add(self, name: str, chore: Chore, lane: str = "") -> None:
        """Have the worker do this each minute, and when it is asked to.

        The chore gets a function that says whether it should stop, and ends its own transactions. One that may take
        long, such as what asks other servers, names a lane: a thread for the chores of that lane alone.
        """
        self._chores[name] = chore
        if lane:
            self._lane_of[name] = lane
        if "huey" in vars(self):
            self._attach(self.huey, name)

    def ask(self, name: str) -> None:
        """Ask the worker to do a chore now. It never raises: the minute schedule does it anyway."""
        try:
            self.huey.enqueue(self._asked[name].s())
        except Exception:
            log.exception("The worker could not be asked for %s; it does so by itself every minute", name)

    @cached_property
    def huey(self) -> Huey:
        """The queue with its tasks; Redis when it is set, else a file in the instance folder."""
        # Tasks travel pickled: only what was signed with our key is opened.
        serializer = SignedSerializer(secret=self._settings.signing_key())
        huey = Huey("portal", results=False, serializer=serializer, **self._storage())
        self._wake = huey.task(name="wake_readers")(self._wake_readers)
        huey.periodic_task(crontab(minute="*"), name="wake_readers_each_minute")(self._wake_readers)
        for name in self._chores:
            self._attach(huey, name)
        return huey

    def _attach(self, huey: Huey, name: str) -> None:
        work = self._in_its_lane(name, self._in_context(self._chores[name]))
        self._asked[name] = huey.task(name=name)(work)
        huey.periodic_task(crontab(minute="*"), name=f"{name}_each_minute")(work)

    def _in_its_lane(self, name: str, work: Callable[[], None]) -> Callable[[], None]:
        """The task: it does the work, or puts it into its lane where lanes are at work."""

        def task() -> None:
            lane = self._lanes.get(self._lane_of.get(name, ""))
            if lane is None:
                work()
            else:
                lane.put(name, work)

        return task

    @contextmanager
    def lanes(self) -> Iterator[None]:
        """In this block what belongs into a lane is done there."""
        self._lanes = {name: Lane(name) for name in dict.fromkeys(self._lane_of.values())}
        for lane in self._lanes.values():
            lane.start()
        try:
            yield
        finally:
            lanes, self._lanes = self._lanes, {}
            end = time.monotonic() + SECONDS_TO_FINISH
            for lane in lanes.values():
                lane.end(max(0.0, end - time.monotonic()))

    def _storage(self) -> dict[str, Any]:
        """Where huey keeps its queue. Time-outs are short, because requests wait for it after their commit."""
        if self._settings.redis_url:
            waits = {"socket_connect_timeout": 1, "socket_timeout": 5}
            pool = ConnectionPool.from_url(self._settings.redis_url, **waits)
            return {"storage_class": RedisStorage, "connection_pool": pool}
        path = self._settings.folder / "jobs.sqlite"
        _set_aside_if_damaged(path)
        return {"storage_class": Queue, "filename": str(path), "timeout": 2}

    def wake(self) -> None:
        """Ask the worker to let the readers catch up, unless it was asked and has not begun. It never raises:
        the request that calls it is done, and the minute schedule catches up."""
        try:
            if not self.huey.storage.has_data_for_key(WAITING) and self.huey.put_if_empty(WAITING, True):
                self._wake()
        except Exception:
            log.exception("The worker could not be woken; it looks by itself every minute")

    def waiting(self) -> int | None:
        """How many tasks wait; None when the queue does not answer."""
        try:
            return int(self.huey.storage.queue_size())
        except Exception:
            log.exception("The queue does not answer")
            return None

    def worker_seen_at(self) -> datetime | None:
        """When a worker last woke the readers (at least every minute while one runs)."""
        try:
            seen = self.huey.get(SEEN, peek=True)
        except Exception:
            log.exception("The queue does not answer")
            return None
        return datetime.fromisoformat(seen) if seen else None

    def work(self, workers: int) -> None:
        """Run tasks until SIGINT or SIGTERM; the batch in hand is finished, the rest waits for the next start."""
        worker = Worker(
            self.huey,
            workers=workers,
            max_delay=0.5,
            shutdown_timeout=SECONDS_TO_FINISH,
        )
        self._stopping = worker.stop_flag.is_set
        garbage.only_when_asked()
        with self.lanes():
            worker.run()

    def _in_context(self, chore: Chore) -> Callable[[], None]:
        def work() -> None:
            with self._context():
                try:
                    chore(self._stopping)
                finally:
                    db.session.remove()
                    garbage.collect()

        return work

    def _wake_readers(self) -> None:
        # From here on a commit asks anew: its entry may be too late for this look.
        self.huey.delete(WAITING)
        self.huey.put(SEEN, clock.now().isoformat())
        end = time.monotonic() + SECONDS_OF_A_LOOK
        with self._context():
            catch_up_all(lambda: self._stopping() or time.monotonic() > end)
            unfinished = time.monotonic() > end or queries.held_back()
            db.session.remove()
        garbage.collect()
        if unfinished and not self.huey.storage.schedule_size():
            self._wake.schedule(delay=SECONDS_UNTIL_NEXT_LOOK)


def wake_after_commits(jobs: Callable[[], Jobs]) -> None:
    """Wake the worker after each commit that recorded something. `jobs` finds the queue of the portal at work."""

    @event.listens_for(db.session, "after_commit")
    def wake(session: Session) -> None:
        # The end of a savepoint is no commit yet.
        if not session.in_nested_transaction() and session.info.pop("journaled", False):
            jobs().wake()
