"""Pages for strangers are kept, and are as true as new ones."""

import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal import clock, keeping
from portal.app import create_app
from portal.database import db
from portal.ideas.models import Idea
from portal.keeping import Page, Shelf
from tests.cast import sign_in

NONCE = re.compile(r"nonce-([\w-]+)")


@pytest.fixture(scope="module")
def keeping_portal(settings, _built):
    """A portal that keeps pages. What it keeps ends with the database of each test."""
    made = create_app(replace(settings, page_cache_mb=1))
    made.test_client_class = _built.test_client_class
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return made


@pytest.fixture
def stranger(keeping_portal, app):
    """A stranger's browser at that portal."""
    yield keeping_portal.test_client()
    if "witness" in keeping_portal.extensions:
        keeping_portal.extensions["witness"].close()
    with keeping_portal.app_context():
        db.engine.dispose()


@pytest.fixture
def statements(stranger):
    """The statements that reach the database of that portal from now on."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    with stranger.application.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def nonce_of(answer):
    return NONCE.search(answer.headers["Content-Security-Policy"])[1]


def votes_in(answer):
    return int(re.search(r"<b>(\d+)</b>\s*<small>votes?<", answer.text)[1])


def asked_twice(stranger, path, statements):
    """Two answers, the second of which read nothing. Other test processes write in the same PostgreSQL, and any
    commit in it ends what is kept: so it may take some tries."""
    for _ in range(200):
        first = stranger.get(path)
        before = len(statements)
        second = stranger.get(path)
        asked = {each for each in statements[before:] if "pg_current_snapshot" not in each}
        if not asked:
            return first, second
    pytest.fail(f"The second page was never taken from the first: {asked}")


@pytest.mark.parametrize("path", ["/", "/ideas/", "/ideas/1", "/questions/", "/questions/1", "/people/1"])
def test_the_second_stranger_costs_nothing_and_reads_the_same(stranger, make, statements, path):
    make.idea()
    make.topic()
    first, second = asked_twice(stranger, path, statements)
    assert first.status_code == second.status_code == 200
    assert nonce_of(first) != nonce_of(second)
    assert second.text.replace(nonce_of(second), nonce_of(first)) == first.text
    assert nonce_of(second) in second.text
    assert first.headers["ETag"] == second.headers["ETag"]
    assert stranger.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_what_somebody_does_is_seen_at_once(stranger, as_, cast, make):
    idea = make.idea()
    before = idea.votes_up
    assert votes_in(stranger.get("/ideas/")) == before
    as_(cast.customer).put(f"/ideas/{idea.id}/vote")
    assert votes_in(stranger.get("/ideas/")) == before + 1


def test_what_few_have_seen_is_todays_from_midnight_on(stranger, make, monkeypatch):
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    board = make.board(explores=True)
    for number in range(45):
        make.idea(board=board, title=f"Wish {number}.")
    shown = []
    for day in range(1, 9):
        last, first = midnight + timedelta(days=day, seconds=-1), midnight + timedelta(days=day, seconds=1)
        for moment in (last, first):
            monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
            stranger.get("/ideas/")
            shown.append(stranger.get("/ideas/"))
    assert all(one.text != two.text for one, two in zip(shown[::2], shown[1::2], strict=True))


def test_what_is_hidden_is_gone_at_once(stranger, as_, cast, make):
    idea = make.idea(title="Buy cheap watches")
    path = f"/ideas/{idea.id}"
    assert "Buy cheap watches" in stranger.get(path).text
    as_(cast.moderator).put(f"/moderation/idea/{idea.id}/hiding", data={"reason": "advertising"})
    assert stranger.get(path).status_code == 404
    assert "Buy cheap watches" not in stranger.get("/ideas/").text


def test_a_person_gets_a_page_of_their_own(stranger, statements, cast, make):
    make.idea()
    ines = stranger.application.test_client()
    sign_in(ines, cast.customer)
    own = ines.get("/ideas/").text
    first, _ = asked_twice(stranger, "/ideas/", statements)
    again = ines.get("/ideas/").text
    assert cast.customer.name in own
    assert cast.customer.name in again
    assert cast.customer.name not in first.text
    stranger.set_cookie("session", "anything")
    assert stranger.get("/ideas/").status_code == 200


def test_a_form_with_a_token_is_not_kept(stranger):
    tokens = set()
    for _ in range(2):
        page = stranger.application.test_client(use_cookies=False).get("/login")
        tokens.add(re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1])
    assert len(tokens) == 2


def test_a_page_is_made_anew_after_a_while(stranger, make, statements, monkeypatch):
    make.idea()
    stranger.get("/ideas/")
    monkeypatch.setattr(keeping, "LONGEST", -1.0)
    before = len(statements)
    stranger.get("/ideas/")
    assert [each for each in statements[before:] if "FROM idea" in each]


@pytest.mark.only_on("sqlite")
def test_a_lost_database_is_not_hidden_by_what_is_kept(stranger, make, settings):
    make.idea()
    db.session.commit()
    assert stranger.get("/ideas/").status_code == 200
    with stranger.application.app_context():
        db.engine.dispose()
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    away = path.with_suffix(".away")
    shutil.move(path, away)
    try:
        assert stranger.get("/ideas/").status_code == 503
    finally:
        path.unlink(missing_ok=True)
        shutil.move(away, path)


def test_a_shelf_gives_up_what_was_asked_for_least():
    shelf = Shelf(room=30)
    for name in "abc":
        shelf.put(name, _page(b"x" * 10))
    assert shelf.get("a", 1)
    shelf.put("d", _page(b"x" * 10))
    assert [name for name in "abcd" if shelf.get(name, 1)] == ["a", "c", "d"]
    assert shelf.taken == 30


def test_a_page_in_the_place_of_another_takes_only_its_own_room():
    shelf = Shelf(room=30)
    for size in (10, 20, 5):
        shelf.put("a", _page(b"x" * size))
        assert shelf.taken == size


def test_a_page_of_another_state_is_not_given():
    shelf = Shelf(room=30)
    shelf.put("a", _page(b"x"))
    assert shelf.get("a", 2) is None


def _page(body):
    return Page(body, "nonce", 1, keeping.time.monotonic())


def test_only_what_the_database_holds_is_looked_at(stranger, make, statements):
    idea = make.idea(title="Offline mode")
    stranger.get(f"/ideas/{idea.id}")
    db.session.get_one(Idea, idea.id).title = "Offline mode on the phone"
    db.session.commit()
    assert "on the phone" in stranger.get(f"/ideas/{idea.id}").text
