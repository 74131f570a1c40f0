"""The worker is woken after a commit, once, and never at the expense of the request."""

import threading
import time

import pytest
from huey.exceptions import HueyException

from portal.activity import journal, reading
from portal.activity.cli import current_jobs
from portal.activity.events import IdeaEdited
from portal.activity.jobs import Jobs
from portal.database import db
from portal.settings import Settings
from tests.activity.readers import Remembering
from tests.servers import free_port


@pytest.fixture(params=["file", "redis"])
def jobs(request, app, tmp_path, monkeypatch):
    """The queue of the app at work, fresh; as a file and in Redis."""
    redis_url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    settings = Settings(instance=str(tmp_path), secret_key="x", redis_url=redis_url)
    fresh = Jobs(settings, app.app_context)
    monkeypatch.setitem(app.extensions, "jobs", fresh)
    if redis_url:
        fresh.huey.storage.conn.flushdb()
    return fresh


def act():
    journal.record(IdeaEdited(actor_id=None, idea_id=1))


def run_waiting(jobs):
    """What the worker does with the queue, here."""
    while (task := jobs.huey.dequeue()) is not None:
        jobs.huey.execute(task)


def test_a_commit_wakes_the_worker(jobs):
    assert jobs.waiting() == 0
    act()
    assert jobs.waiting() == 0
    db.session.commit()
    assert jobs.waiting() == 1


def test_commits_in_a_row_wake_it_once(jobs):
    for _ in range(5):
        act()
        db.session.commit()
    assert jobs.waiting() == 1
    run_waiting(jobs)
    assert jobs.waiting() == 0
    act()
    db.session.commit()
    assert jobs.waiting() == 1


def test_a_commit_that_recorded_nothing_wakes_nobody(jobs, make):
    make.idea()
    assert jobs.waiting() == 0


def test_a_rollback_and_a_savepoint_wake_nobody(jobs):
    act()
    db.session.rollback()
    with db.session.begin_nested():
        act()
    assert jobs.waiting() == 0
    db.session.commit()
    assert jobs.waiting() == 1


def test_the_woken_worker_lets_the_readers_read(jobs, monkeypatch, database_kind):
    reader = Remembering()
    monkeypatch.setattr(reading, "readers", reading.Readers())
    reading.readers.register(reader)
    act()
    db.session.commit()
    assert jobs.worker_seen_at() is None
    run_waiting(jobs)
    assert jobs.worker_seen_at() is not None
    if database_kind == "sqlite":
        assert len(reader.seen) == 1


def test_a_wake_that_a_killed_worker_took_along_is_made_good_by_the_schedule(jobs):
    """It had taken the task out of the queue and not begun: the mark stays, and nobody asks again."""
    act()
    db.session.commit()
    assert jobs.huey.dequeue() is not None
    act()
    db.session.commit()
    assert jobs.waiting() == 0
    [minutely] = jobs.huey.read_periodic(jobs.huey._get_timestamp())
    jobs.huey.execute(minutely)
    act()
    db.session.commit()
    assert jobs.waiting() == 1


def test_a_queue_that_fails_fails_no_request(app, tmp_path, monkeypatch, caplog):
    (tmp_path / "jobs.sqlite").mkdir()
    broken = Jobs(Settings(instance=str(tmp_path), secret_key="x"), app.app_context)
    monkeypatch.setitem(app.extensions, "jobs", broken)
    act()
    db.session.commit()
    assert "could not be woken" in caplog.text
    assert broken.waiting() is None
    assert broken.worker_seen_at() is None


def test_a_damaged_queue_is_put_aside(app, tmp_path, monkeypatch, caplog):
    (tmp_path / "jobs.sqlite").write_bytes(b"no database at all" * 1_000)
    fresh = Jobs(Settings(instance=str(tmp_path), secret_key="x"), app.app_context)
    monkeypatch.setitem(app.extensions, "jobs", fresh)
    act()
    db.session.commit()
    assert fresh.waiting() == 1
    assert "damaged" in caplog.text
    assert (tmp_path / "jobs.sqlite.damaged").exists()


def test_a_redis_that_does_not_answer_fails_no_request(app, tmp_path, monkeypatch, caplog):
    nobody = Settings(instance=str(tmp_path), secret_key="x", redis_url=f"redis://127.0.0.1:{free_port()}/0")
    monkeypatch.setitem(app.extensions, "jobs", Jobs(nobody, app.app_context))
    act()
    db.session.commit()
    assert "could not be woken" in caplog.text


def test_a_task_that_we_did_not_sign_is_not_opened(jobs):
    strange = Jobs(Settings(instance=str(jobs._settings.folder), secret_key="y"), jobs._context)
    jobs.wake()
    jobs.huey.storage.enqueue(strange.huey.serializer.serialize("anything"))
    jobs.huey.dequeue()
    with pytest.raises((ValueError, HueyException)):
        jobs.huey.dequeue()


def test_the_queue_is_not_opened_by_loading_the_program(app, settings):
    assert isinstance(current_jobs(), Jobs)
    assert "huey" not in vars(Jobs(settings, app.app_context))


@pytest.fixture
def chores(jobs):
    """What the worker was given to do beside waking the readers, as it was done."""
    done = []
    jobs.add("sweep", lambda stopping: done.append(stopping()))
    return done


def test_a_chore_is_done_when_it_is_asked_for(jobs, chores):
    jobs.ask("sweep")
    run_waiting(jobs)
    assert chores == [False]


def test_a_chore_is_done_each_minute(jobs, chores):
    [sweep] = [each for each in jobs.huey._registry.periodic_tasks if each.name == "sweep_each_minute"]
    jobs.huey.execute(sweep)
    assert chores == [False]


def test_a_chore_that_fails_is_logged_and_done_again(jobs, caplog):
    jobs.add("fall", lambda _stopping: 1 / 0)
    for _ in range(2):
        jobs.ask("fall")
        run_waiting(jobs)
    assert caplog.text.count("ZeroDivisionError") == 2


def test_asking_for_what_nobody_does_breaks_nothing(jobs, caplog):
    jobs.ask("nothing")
    assert "could not be asked" in caplog.text


def test_nothing_waits_for_what_has_a_lane_of_its_own(jobs, chores, caplog):
    """A chore that takes long takes no thread of the others; asked for again meanwhile it is done once more."""
    begun, go_on, done = threading.Event(), threading.Event(), []

    def slow(_stopping):
        begun.set()
        assert go_on.wait(20)
        done.append("slow")

    jobs.add("slow", slow, "crm")
    jobs.add("fails", lambda _stopping: 1 / 0, "crm")
    jobs.add("other", lambda _stopping: done.append("other"), "another")
    with jobs.lanes():
        jobs.ask("slow")
        run_waiting(jobs)
        assert begun.wait(20)
        for name in ("slow", "slow", "fails", "sweep"):
            jobs.ask(name)
        run_waiting(jobs)
        assert (chores, done) == ([False], [])
        go_on.set()
        wait_for(lambda: done == ["slow", "slow"] and "ZeroDivisionError" in caplog.text)
        jobs.ask("other")
        run_waiting(jobs)
        wait_for(lambda: done[-1] == "other")
    jobs.ask("other")
    run_waiting(jobs)
    assert done[-2:] == ["other", "other"]


def wait_for(ready):
    end = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)
