"""Forms that our pages did not make, methods in disguise, and who may not: refused, and what was typed comes back."""

import pytest
from flask_security import hash_password

from portal.database import db
from portal.ideas.models import Idea
from tests.hostile.conftest import IDEA, LONG
from tests.hostile.doors import PASSWORD
from tests.house_rules.test_visibility_matrix import WRITING

FORGED = (None, "", "forged", "IjEi.aaaa.bbbb", "\x00", "x" * 5_000)


def keeps(answer):
    """Whether the long text stands in the answer to be copied."""
    return LONG.strip() in answer.text


# -- Who may not ----------------------------------------------------------------------------------------


def test_whoever_is_refused_keeps_the_text(ines, as_, cast):
    stranger = as_().post("/ideas/", data=IDEA)
    assert (stranger.status_code, keeps(stranger)) == (401, True)
    not_staff = ines.post("/ideas/1/answers", data={"body": LONG})
    assert (not_staff.status_code, keeps(not_staff)) == (403, True)
    # The head of the page still knows who asks.
    assert "1 new<" in not_staff.text
    as_(cast.moderator).put("/moderation/idea/1/lock", data={"reason": "Enough"})
    locked = ines.post("/ideas/1/comments", data={"body": LONG})
    assert (locked.status_code, keeps(locked)) == (409, True)


# -- Tokens ---------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(app):
    """Forms need their token, as in production."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def token_in(page):
    return page.text.split('name="csrf_token" value="')[1].split('"')[0]


def test_a_form_without_its_token_is_refused_and_keeps_the_text(guarded, ines, as_, cast, rows):
    before = rows(Idea)
    others = token_in(as_(cast.other_customer).get("/ideas/new"))
    for token in (*FORGED, others):
        answer = ines.post("/ideas/", data=IDEA if token is None else IDEA | {"csrf_token": token})
        assert answer.status_code == 400, token
        assert "Go back, reload, send again." in answer.text
        assert keeps(answer)
    assert rows(Idea) == before


def test_a_form_with_its_token_is_taken(guarded, ines):
    """Or the refusals above would say nothing."""
    token = token_in(ines.get("/ideas/new"))
    assert ines.post("/ideas/", data=IDEA | {"csrf_token": token}).status_code == 303


def test_a_session_that_somebody_planted_is_another_after_signing_in(guarded, app, as_, cast, things):
    cast.customer.password = hash_password(PASSWORD)
    name, thief, victim = app.config["SESSION_COOKIE_NAME"], as_(), as_()
    token = token_in(thief.get("/login"))
    victim.set_cookie(name, thief.get_cookie(name).value)
    form = {"email": cast.customer.email, "password": PASSWORD, "csrf_token": token}
    assert victim.post("/login", data=form).status_code == 303
    assert victim.get("/account/").status_code == 200
    assert thief.get("/account/").status_code == 302
    assert victim.post("/ideas/", data=IDEA | {"csrf_token": token}).status_code == 400


def test_every_act_needs_the_token(guarded, as_, cast, path_of):
    ada, done = as_(cast.admin), {}
    for row in WRITING:
        plain = ada.post(path_of(row), data={**row.data, "_method": row.method})
        # Only a script can send another method, as htmx does.
        direct = ada.htmx(row.method, path_of(row), data=row.data)
        done[str(row)] = {plain.status_code, direct.status_code}
    assert {act: statuses for act, statuses in done.items() if statuses != {400}} == {}
    assert len(done) > 50


def test_a_fragment_is_refused_where_htmx_shows_it(guarded, ines):
    answer = ines.htmx("PUT", "/ideas/1/vote")
    assert answer.status_code == 400
    assert answer.headers["HX-Retarget"] == "#notices"
    assert "<html" not in answer.text


# -- Methods --------------------------------------------------------------------------------------------


def test_a_method_that_we_do_not_know_is_405(ines):
    for method in ("PATCH", "TRACE", "CONNECT", "PROPFIND", "GETT", "\u00e9"):
        assert ines.open("/ideas/1", method=method).status_code in {400, 405}, method


def test_only_put_and_delete_hide_in_a_form(ines, rows):
    before = rows(Idea)
    tricks = ("PATCH", "GET", "TRACE", "CONNECT", "DELETE\r\n", "DELETE ", "delete put", "\x00", "x" * 9_000)
    for trick in tricks:
        assert ines.post("/ideas/1", data=IDEA | {"_method": trick}).status_code == 405, trick
    assert rows(Idea) == before


def test_a_method_in_the_address_or_a_header_is_no_method(ines):
    ines.put("/ideas/1/vote")
    assert ines.get("/ideas/1/vote?_method=DELETE").status_code == 405
    assert ines.post("/ideas/1/vote?_method=DELETE").status_code == 405
    overrides = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE", "X-HTTP-Method": "DELETE"}
    assert ines.post("/ideas/1/vote", headers=overrides).status_code == 405
    assert db.session.get_one(Idea, 1).votes_up == 1


def test_reading_changes_nothing(as_, cast, path_of, everything):
    """No address acts when it is only read: links, prefetching and pictures cannot vote."""
    ada = as_(cast.admin)
    before = everything()
    for row in WRITING:
        answer = ada.get(path_of(row), query_string={**row.data, "_method": row.method})
        assert answer.status_code in {200, 302, 303, 404, 405}, row
    assert everything() == before
