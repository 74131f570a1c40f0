"""The database goes: the answer says so, gives back what was typed, and nothing that was promised is lost."""

import os
import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal.app import create_app
from portal.database import db
from portal.ideas.models import Idea
from tests.hostile.conftest import IDEA, says_so
from tests.servers import free_port


@contextmanager
def lost(file, how):
    """In this block the file of the database is gone, holds garbage, or is a folder."""
    db.session.remove()
    db.engine.dispose()
    away = file.with_suffix(".away")
    shutil.move(file, away)
    try:
        if how == "garbage":
            file.write_bytes(os.urandom(40_000))
        if how == "folder":
            file.mkdir()
        yield
    finally:
        db.session.remove()
        db.engine.dispose()
        file.rmdir() if file.is_dir() else file.unlink(missing_ok=True)
        for tail in ("-wal", "-shm"):
            Path(f"{file}{tail}").unlink(missing_ok=True)
        shutil.move(away, file)


@pytest.mark.only_on("sqlite")
def test_a_lost_file(settings, as_, ines):
    file, stranger = Path(settings.database_url.removeprefix("sqlite:///")), as_()
    assert ines.post("/ideas/", data=IDEA).status_code == 303
    for how in ("gone", "garbage", "folder"):
        with lost(file, how):
            says_so(stranger.get("/"))
            says_so(ines.get("/ideas/1"))
            says_so(ines.post("/ideas/", data=IDEA), keeps=True)
            assert stranger.get("/-/health").status_code == 503
        assert stranger.get("/").status_code == 200
    count = sa.select(sa.func.count()).where(Idea.title == IDEA["title"])
    assert db.session.scalar(count) == 1


def test_a_server_that_does_not_answer(settings, tmp_path):
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    made = create_app(replace(settings, database_url=url, instance=str(tmp_path)))
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    browser = made.test_client()
    says_so(browser.get("/"))
    says_so(browser.get("/questions/"))
    assert browser.get("/-/health").status_code == 503
    # Whoever does not need the database is served.
    assert browser.get("/static/img/mark.svg").status_code == 200


@contextmanager
def at_statement(number, act):
    """Before statement `number` of this block reaches the database, do this. Gives the statements so far."""
    seen = []

    def count(connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
            seen.append(statement)
            if len(seen) == number:
                act(connection)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


def cut(connection):
    """The server ends this connection, as it does when it is stopped."""
    process = connection.connection.driver_connection.info.backend_pid
    with sa.create_engine(connection.engine.url).connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})


@pytest.mark.only_on("postgresql")
def test_a_connection_that_is_cut_at_every_statement(ines, rows):
    with at_statement(0, cut) as statements:
        assert ines.post("/ideas/", data=IDEA).status_code == 303
    whole, refused = len(statements), 0
    for number in range(1, whole + 1):
        before = rows(Idea)
        with at_statement(number, cut) as statements:
            answer = ines.post("/ideas/", data=IDEA | {"title": f"Offline mode {number}"})
        assert len(statements) >= number
        saved = answer.status_code == 303 or "was saved too" in answer.text
        if answer.status_code != 303:
            says_so(answer, keeps=not saved)
        assert rows(Idea) == before + saved
        refused += not saved
    assert refused > 5
    assert ines.post("/ideas/", data=IDEA | {"title": "After all"}).status_code == 303


@pytest.mark.only_on("postgresql")
def test_a_cut_while_nobody_asks_is_not_noticed(ines):
    db.session.remove()
    with sa.create_engine(db.engine.url).connect() as other:
        cut_all = (
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        assert other.execute(sa.text(cut_all)).all()
    assert ines.post("/ideas/", data=IDEA).status_code == 303
