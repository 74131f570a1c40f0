"""Too fast: a refusal with the wait in words and in a header, and the text that was typed."""

import re

import pytest

from portal import pages
from tests.cast import sign_in
from tests.hostile.conftest import LONG

pytestmark = pytest.mark.only_on("sqlite")
DEEDS = {
    "idea": ("POST", "/ideas/", {"title": "Offline mode", "body": LONG, "board": "1"}),
    "comment": ("POST", "/ideas/1/comments", {"body": LONG}),
    "question": ("POST", "/questions/", {"title": "How?", "body": LONG, "category": "1", "kind": "question"}),
    "reply": ("POST", "/questions/1/posts", {"body": LONG}),
    "vote": ("PUT", "/ideas/1/vote", {"value": "x", "note": LONG}),
    "flag": ("POST", "/moderation/flags", {"subject": "post", "thing_id": "3", "note": LONG[:400]}),
    "profile": ("PUT", "/account/", {"name": "", "about": LONG}),
}


@pytest.fixture
def hurried(app, portal_at, cast, things):
    """Ines at a portal that counts what people do."""
    made = portal_at(rate_limits=True)
    made.test_client_class = type(app.test_client())
    made.config.update(WTF_CSRF_ENABLED=False)
    browser = made.test_client()
    sign_in(browser, cast.customer)
    yield browser
    pages.limiter.reset()
    pages.limiter.enabled = False


def test_every_deed_has_a_pace(hurried):
    for name, (method, path, data) in DEEDS.items():
        # Forms that are refused count like those that are taken, and cost less.
        tries = [hurried.open(path, method=method, data={"value": "x"}).status_code]
        while tries[-1] in {400, 422} and len(tries) < 100:
            tries.append(hurried.open(path, method=method, data={"value": "x"}).status_code)
        assert tries[0] in {400, 422}, name
        assert tries[-1] == 429, name
        answer = hurried.open(path, method=method, data=data)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 3_601
        assert re.search(r"You can go on in \d+ (seconds?|minutes)\.", answer.text)
        assert data.get("body", data.get("about", data.get("note"))).strip() in answer.text, name


def test_the_refusal_of_a_fragment_says_where_it_goes(hurried):
    answers = [hurried.htmx("PUT", "/ideas/1/vote", data={"value": "x"}) for _ in range(61)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["HX-Retarget"] == "#notices"
    assert "Retry-After" in answers[-1].headers
    assert "<html" not in answers[-1].text


def test_the_address_of_somebody_cannot_be_forged(hurried):
    """Without a trusted proxy the headers of proxies say nothing."""
    stranger = hurried.application.test_client()
    form = {"password": "x"}
    for n in range(32):
        headers = {
            "X-Forwarded-For": f"192.0.2.{n}",
            "Forwarded": f"for=192.0.2.{n}",
            "X-Real-IP": f"192.0.2.{n}",
        }
        answer = stranger.post("/login", data=form | {"email": f"{n}@example.com"}, headers=headers)
    assert answer.status_code == 429
