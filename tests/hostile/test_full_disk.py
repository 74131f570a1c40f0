"""The disk is full, or a folder cannot be written: the answer says so, and nothing that was promised is lost."""

import errno
import shutil
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from portal.accounts.models import Person
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Post
from portal.ideas.models import Idea
from portal.transfer import exporting
from tests.hostile.conftest import IDEA, LONG, says_so
from tests.hostile.doors import PASSWORD


@contextmanager
def full_file():
    """SQLite may add some pages to its file."""
    db.session.remove()
    db.engine.dispose()
    with db.engine.connect() as connection:
        most = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 20
    db.engine.dispose()

    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {most}")

    event.listen(db.engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", limit)
        db.session.remove()
        db.engine.dispose()


@contextmanager
def full_server():
    """PostgreSQL says what it says on a full disk, from the eleventh post on."""
    function = (
        "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN IF NEW.position > 10 THEN "
        "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; "
        "END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    trigger = "CREATE TRIGGER full_disk BEFORE INSERT ON post FOR EACH ROW EXECUTE FUNCTION full_disk()"
    _tell(function, trigger)
    try:
        yield
    finally:
        _tell("DROP TRIGGER full_disk ON post", "DROP FUNCTION full_disk")


def _tell(*statements):
    db.session.remove()
    with db.engine.begin() as connection:
        for each in statements:
            connection.exec_driver_sql(each)


def test_a_full_disk_loses_nothing_that_was_taken(database_kind, as_, ines, rows, caplog):
    before, taken = rows(Post), 0
    with full_file() if database_kind == "sqlite" else full_server():
        for number in range(60):
            answer = ines.post("/ideas/1/comments", data={"body": f"{number} {LONG * 5}"})
            if answer.status_code != 303:
                break
            taken += 1
        says_so(answer, keeps=True)
        assert taken >= 1
        assert "unavailable" in caplog.text
        assert LONG[:20] not in caplog.text
        assert as_().get("/ideas/1").status_code == 200
    assert rows(Post) == before + taken
    assert db.session.get_one(Idea, 1).comments == 1 + taken
    assert ines.post("/ideas/1/comments", data={"body": LONG}).status_code == 303


def test_a_full_disk_beside_the_database_is_said_too(as_, cast, things, monkeypatch, rows):
    """An export writes into a file of its own."""

    def full(*_any, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    mira, before = as_(cast.product_manager), rows(Entry)
    monkeypatch.setattr(exporting, "write_csv", full)
    answer = mira.post("/exports/", data={"format": "csv", "note": LONG})
    assert answer.status_code == 503
    assert "No space left on device" in answer.text
    assert LONG.strip() in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert rows(Entry) == before


@contextmanager
def file_in_the_way_of(folder):
    """In this block the folder cannot be written."""
    away = folder.with_suffix(".away")
    if folder.exists():
        shutil.move(folder, away)
    folder.write_text("a file in the way")
    try:
        yield
    finally:
        folder.unlink()
        if away.exists():
            shutil.move(away, folder)


def test_mail_that_cannot_be_written_does_not_stop_registering(as_, settings, rows):
    folder, browser = settings.folder / "mail", as_()
    with file_in_the_way_of(folder):
        form = {"name": "Ida", "email": "ida@example.com", "password": PASSWORD}
        answer = browser.post("/register", data=form)
        assert answer.status_code == 303
        page = browser.get(answer.location)
        assert "The mail could not be sent just now" in page.text
        assert "Send it again" in page.text
    assert rows(Person, email="ida@example.com") == 1
    before = set(folder.glob("*.eml"))
    assert browser.post("/confirm", data={"email": "ida@example.com"}).status_code == 303
    assert len(set(folder.glob("*.eml")) - before) == 1


@contextmanager
def queue_that_is(trouble, jobs, path):
    """In this block the file of the queue is a folder, garbage, or in somebody's hands."""
    # The tasks belong to their queue: who asked those of another one would wait for ever.
    kept, holder = vars(jobs) | {"_asked": dict(jobs._asked)}, None
    vars(jobs).pop("huey", None)
    aside = [shutil.move(each, f"{each}.away") for each in path.parent.glob(f"{path.name}*")]
    if trouble == "a folder":
        path.mkdir()
    elif trouble == "garbage":
        path.write_bytes(b"garbage" * 4_000)
    else:
        jobs.huey.storage.flush_all()
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        if holder:
            holder.close()
        for each in set(path.parent.glob(f"{path.name}*")) - {Path(away) for away in aside}:
            each.rmdir() if each.is_dir() else each.unlink()
        for each in aside:
            shutil.move(each, str(each).removesuffix(".away"))
        vars(jobs).clear()
        vars(jobs).update(kept)


@pytest.mark.parametrize("trouble", ["a folder", "locked", "garbage"])
def test_a_queue_that_does_not_answer_stops_nobody(app, settings, ines, rows, caplog, trouble):
    before = rows(Entry)
    with queue_that_is(trouble, app.extensions["jobs"], settings.folder / "jobs.sqlite"):
        assert ines.post("/ideas/", data=IDEA).status_code == 303
    assert rows(Entry) > before
    assert "could not be woken" in caplog.text or "is damaged" in caplog.text
