"""Whoever is killed before the commit leaves nothing, whichever act it was; afterwards, the answer says what is saved."""

from contextlib import contextmanager

from flask import has_request_context
from sqlalchemy import event

from portal import pages
from portal.database import db
from portal.ideas.models import Idea
from tests.cast import ACTORS
from tests.hostile.conftest import IDEA, LONG
from tests.house_rules.test_visibility_matrix import WRITING

# A forged link is answered with a redirect, and has nothing to commit.
ROWS = [row for row in WRITING if 303 in row.expect.values() and "forged" not in row.args.values()]


@contextmanager
def killed_before_the_commit():
    """In this block no request comes to its commit. Gives the requests that tried."""
    tried = []

    def die(_session):
        if has_request_context():
            tried.append(1)
            raise RuntimeError("killed")

    event.listen(db.session, "before_commit", die)
    try:
        yield tried
    finally:
        event.remove(db.session, "before_commit", die)


def test_who_dies_before_the_commit_leaves_nothing(app, as_, cast, path_of, everything):
    name = app.config["SESSION_COOKIE_NAME"]
    cookies = {actor: as_(cast[actor]).get_cookie(name) for actor in ACTORS}
    before, found = everything(), {}
    for row in ROWS:
        actor = next(each for each in ("admin", *ACTORS) if row.expect[each] == 303)
        browser = as_()
        if cookies[actor]:
            browser.set_cookie(name, cookies[actor].value)
        with killed_before_the_commit() as tried:
            answer = browser.open(path_of(row), method=row.method, data=row.data)
        found[str(row)] = (len(tried), answer.status_code, everything() == before)
    assert {row: what for row, what in found.items() if what != (1, 500, True)} == {}
    assert len(found) > 40


def test_who_dies_after_the_commit_says_that_it_is_saved(ines, rows, monkeypatch):
    def die(_where):
        raise RuntimeError("killed")

    monkeypatch.setattr(pages, "go", die)
    before = rows(Idea)
    answer = ines.post("/ideas/", data=IDEA)
    assert answer.status_code == 500
    assert "What you sent just now was saved" in answer.text
    assert LONG.strip() not in answer.text
    assert rows(Idea) == before + 1
