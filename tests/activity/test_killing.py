"""The worker is killed (kill -9) at 25 random moments while people write: nothing is lost, nothing done twice."""

import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest
import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import queries, reading
from portal.activity.models import Entry, ReaderPosition
from portal.activity.reading import readers
from portal.app import create_app
from portal.database import db, reading_only
from portal.discussion.models import Post
from portal.discussion.writing import write
from portal.forums.models import Topic
from portal.forums.starting import start
from portal.moderation.hiding import hide
from portal.search.asking import ask
from portal.settings import Settings
from tests import cast as cast_module
from tests.activity.readers import Noting, handled
from tests.activity.stage import SMALL_BATCHES
from tests.factories import Factories
from tests.forking import environment
from tests.services import ROOT

KILLS = 25
STEP = 6
READ = "tests.activity.stage:read"
PATIENCE = 120


@pytest.fixture(scope="module")
def place(_built, new_database, tmp_path_factory):
    """The settings of a portal of its own, which all tests here share."""
    folder = tmp_path_factory.mktemp("killing")
    url = new_database("killing", like="migrated")
    return Settings(instance=str(folder), database_url=url, secret_key="killing")


@pytest.fixture(scope="module")
def built(place):
    """That portal with an empty schema."""
    made = create_app(place)
    with made.app_context():
        handled.metadata.create_all(db.engine)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def portal(built):
    """The portal in this process."""
    with built.app_context():
        yield built
        db.session.remove()


@pytest.fixture(scope="module")
def community(built):
    with built.app_context():
        made = Community()
        db.session.remove()
    return made


@pytest.fixture
def recover(portal, monkeypatch):
    """`recover()`: this process reads what a killed one left, with the same readers. It fails where one of them does."""
    monkeypatch.setitem(reading.readers._by_name, Noting.name, Noting())

    def read():
        reading.catch_up_all()
        assert [each.failure for each in queries.lag(readers.names()) if each.failure] == []
        db.session.rollback()

    return read


@pytest.fixture
def stage(community, place, launch):
    """Where workers start; none is left at the end of a test."""
    made = launch(place, SMALL_BATCHES)
    yield made
    made.stop()


class Community:
    """People who write and moderate. Everything that they do is committed and so wakes the worker."""

    def __init__(self):
        cast = cast_module.assemble(Factories())
        topic = start(category=Factories().category(), by=cast.customer, title="Killing", body="Topic")
        db.session.commit()
        self.topic, self.writer, self.moderator = topic.id, cast.other_customer.id, cast.moderator.id
        self.written = 0

    def act(self):
        """Somebody replies, and now and then the reply is hidden."""
        writer, moderator = db.session.get(Person, self.writer), db.session.get(Person, self.moderator)
        self.written += 1
        post = write(db.session.get(Topic, self.topic), by=writer, body=f"Reply number{self.written}")
        if random.random() < 0.3:
            hide(post, by=moderator, reason="Spam")
        db.session.commit()


def _wait_until(true, what):
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        threading.Event().wait(0.02)


def _behind():
    with reading_only():
        behind = max(lag.behind for lag in queries.lag([*readers.names(), "noting"]))
        db.session.rollback()
    return behind


def _how_far():
    with reading_only():
        position = db.session.get(ReaderPosition, "noting")
        far = (position.xid, position.entry_id) if position else None
        db.session.rollback()
    return far


def _let_it_work(community, before, while_working):
    """People write, in a hurry once the worker is at work, and for that long after."""
    given_up = time.monotonic() + PATIENCE
    end = None
    while end is None or time.monotonic() < end:
        assert time.monotonic() < given_up, "the worker did not begin"
        community.act()
        threading.Event().wait(0.01 if end else 0.05)
        if end is None and _how_far() != before:
            end = time.monotonic() + while_working


def test_killed_at_25_random_moments_it_loses_nothing_and_does_nothing_twice(portal, place, community, stage):
    # The first of them makes the index.
    shutil.rmtree(place.folder / "search")
    for _ in range(KILLS):
        before, worker = _how_far(), stage.start("worker")
        _let_it_work(community, before, random.uniform(0, 0.15))
        worker.kill()
        assert worker.end() == -signal.SIGKILL
    # The one before may have read all there was: what begins has to be at work before it is asked to end.
    jobs = portal.extensions["jobs"]
    before, last = jobs.worker_seen_at(), stage.start("worker")
    _wait_until(lambda: jobs.worker_seen_at() != before, "the last worker is at work")
    _wait_until(lambda: _behind() == 0, "the last worker has read everything")
    last.kill(signal.SIGTERM)
    assert last.end() == 0, last.said()
    _check_every_entry_was_handled_once()
    _check_the_index_is_as_the_rows(portal)


def test_killed_at_each_step_it_loses_nothing_and_does_nothing_twice(portal, community, stage, recover):
    """At every sixth thing that it does to the database or to a file; where the count begins is left to chance."""
    moment, ended = random.randint(1, STEP), -signal.SIGKILL
    assert stage.call(READ, 0).end() == 0
    while ended == -signal.SIGKILL:
        community.act()
        community.act()
        ended = stage.call(READ, moment).end()
        recover()
        moment += STEP
    assert ended == 0
    assert moment > 40
    _check_every_entry_was_handled_once()
    _check_the_index_is_as_the_rows(portal)


def test_two_workers_side_by_side_do_nothing_twice(portal, community, stage):
    stage.start("worker")
    stage.start("worker")
    for _ in range(40):
        community.act()
    _wait_until(lambda: _behind() == 0, "the workers have read everything")
    _check_every_entry_was_handled_once()
    _check_the_index_is_as_the_rows(portal)


def _check_every_entry_was_handled_once():
    times = Counter(db.session.scalars(sa.select(handled.c.entry_id)))
    assert set(times.values()) == {1}
    assert set(times) == set(db.session.scalars(sa.select(Entry.id)))


def _check_the_index_is_as_the_rows(portal):
    index = portal.extensions["search"]
    assert index.is_sound()
    hits = [(hit.id, hit.text) for hit in index.search(ask("reply"), limit=10_000, seconds=60).hits]
    rows = db.session.execute(sa.select(Post.id, Post.body).where(Post.hidden_at.is_(None)))
    assert sorted(hits) == sorted(tuple(row) for row in rows)
    assert 0 < len(hits) < db.session.scalar(sa.select(sa.func.count(Post.id)))


def _stops_cleanly(jobs, start, stop):
    """A worker that is at work ends with 0, and without a traceback, when it is asked to."""
    before = jobs.worker_seen_at()
    worker = start()
    _wait_until(lambda: jobs.worker_seen_at() != before, "the worker is at work")
    code, said = stop(worker)
    assert code == 0, said
    assert "Traceback" not in said


def test_the_command_stops_cleanly_when_asked(portal, place, stage):
    def ask(worker):
        worker.kill(signal.SIGINT)
        return worker.end(), worker.said()

    _stops_cleanly(portal.extensions["jobs"], lambda: stage.start("worker"), ask)


def test_the_command_from_nothing_stops_cleanly_when_asked(portal, place):
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    options = {"cwd": ROOT, "env": environment(place), "stderr": subprocess.PIPE, "text": True}

    def ask(worker):
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=PATIENCE)
        return worker.returncode, said

    with subprocess.Popen(command, **options) as worker:
        try:
            _stops_cleanly(portal.extensions["jobs"], lambda: worker, ask)
        finally:
            worker.kill()
