"""What guards every page: the policy, cookies, caches, and markup without script or style of its own."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import url_for

from tests.house_rules.test_visibility_matrix import READING, WRITING

pytestmark = pytest.mark.only_on("sqlite")
ACTORS = ("stranger", "customer", "admin")
WITH_A_FORM = {
    "security.login",
    "security.register",
    "security.forgot_password",
    "security.send_confirmation",
}
"""Pages that give a stranger a cookie, because their form carries a token."""


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def mistakes_in(answer):
    """What a page holds that our policy would stop, or that leads elsewhere without care."""
    (nonce,) = re.findall(r"script-src 'nonce-([\w-]{22})'", answer.headers["Content-Security-Policy"])
    for tag, attributes in Elements(answer.text).found:
        active = [
            name
            for name in attributes
            if name.startswith(("on", "hx-on")) or name in {"style", "srcdoc", "ping"}
        ]
        if active:
            yield f"<{tag}> has {active}"
        if tag in {"style", "base", "object", "embed", "iframe"}:
            yield f"<{tag}>"
        if tag == "script" and attributes.get("nonce") != nonce:
            yield "a script without the nonce"
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "hx-put", "hx-delete"):
            parts = urlsplit(attributes.get(name) or "")
            outside = parts.netloc not in {"", "localhost"} or parts.scheme not in {
                "",
                "http",
                "https",
                "mailto",
            }
            if outside and (tag != "a" or "noopener" not in (attributes.get("rel") or "")):
                yield f"<{tag} {name}={attributes[name]}>"
        if attributes.get("target") == "_blank" and "noopener" not in (attributes.get("rel") or ""):
            yield "a new window that can reach back"


@pytest.fixture
def pages_of(as_, cast, path_of):
    """`pages_of(actor)`: each page of the matrix that this actor may read, once: its route and the answer."""

    def read(actor):
        browser, seen = as_(cast[actor]), set()
        for row in READING:
            path = path_of(row)
            if row.expect[actor] == 200 and path not in seen:
                seen.add(path)
                answer = browser.get(path)
                if answer.mimetype == "text/html":
                    yield row, answer

    return read


@pytest.mark.parametrize("actor", ACTORS)
def test_every_page_is_guarded(pages_of, actor):
    found, nonces = {}, set()
    for row, answer in pages_of(actor):
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
            assert rule in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"]
        nonces.add(policy.partition("nonce-")[2][:22])
        mistakes = [*mistakes_in(answer), *kept_wrongly(answer, row, actor)]
        if mistakes:
            found[str(row)] = mistakes
    assert found == {}
    assert len(nonces) > 15


def kept_wrongly(answer, row, actor):
    """What a cache between us and the reader would do wrong with this page."""
    rule = answer.headers["Cache-Control"]
    private = "private" in rule or "no-store" in rule
    if actor != "stranger":
        if not private or "ETag" in answer.headers:
            yield f"the page of a person may be kept: {rule}"
        return
    if row.endpoint in WITH_A_FORM:
        if not private:
            yield f"a page with a token may be kept: {rule}"
        return
    if "Set-Cookie" in answer.headers or "Cookie" not in answer.headers["Vary"]:
        yield "a page for all has a cookie"
    if rule == "public, no-cache" and not answer.headers.get("ETag"):
        yield "a page for all has no ETag"


def test_no_two_answers_share_a_nonce(as_):
    policies = {as_().get("/").headers["Content-Security-Policy"] for _ in range(20)}
    assert len(policies) == 20


def test_refusals_are_guarded_too(as_, ines):
    answers = [
        as_().get("/nowhere"),
        ines.get("/admin/"),
        as_().post("/ideas/", data={"body": "x" * 30}),
        ines.post("/ideas/", data={}),
        as_().post("/login", data={"x": "y" * 1_100_000}),
    ]
    assert [answer.status_code for answer in answers] == [404, 403, 401, 422, 413]
    for answer in answers:
        assert list(mistakes_in(answer)) == []
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_refused_to_a_person_is_kept_nowhere_else(ines, path_of):
    found = {}
    for row in WRITING:
        if row.endpoint == "security.logout":
            continue
        answer = ines.open(path_of(row), method=row.method, data=row.data)
        found[str(row)] = answer.headers["Cache-Control"]
    assert {row: rule for row, rule in found.items() if not re.search("private|no-store", rule)} == {}
    assert len(found) > 50


def test_an_unchanged_page_is_304_and_leaves_the_policy_that_was_sent(as_, things):
    for path in ("/", "/ideas/", "/questions/1", "/ideas/1"):
        first = as_().get(path)
        second = as_().get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert second.status_code == 304
        assert second.data == b""
        assert "Content-Security-Policy" not in second.headers
        assert "Set-Cookie" not in second.headers
    as_().get("/ideas/1", headers={"If-None-Match": '"x' + "y" * 5_000})


def test_a_changed_page_is_sent_anew(as_, cast, things):
    first = as_().get("/ideas/1")
    as_(cast.customer).put("/ideas/1/vote")
    second = as_().get("/ideas/1", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200


def cookies_of(answer):
    return {each.partition("=")[0]: each.partition(";")[2] for each in answer.headers.getlist("Set-Cookie")}


def test_the_cookie_over_https(portal_at, cast):
    answer = portal_at(https=True).test_client().get("/login", base_url="https://localhost")
    (says,) = [each for name, each in cookies_of(answer).items() if name == "__Host-session"]
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in says.split(";")}
    assert "Domain" not in says
    assert re.fullmatch(r"max-age=\d{8,}; includeSubDomains", answer.headers["Strict-Transport-Security"])


def test_the_cookie_without_https(portal_at, cast):
    answer = portal_at().test_client().get("/login")
    (says,) = [each for name, each in cookies_of(answer).items() if name == "session"]
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in says.split(";")}
    assert "Strict-Transport-Security" not in answer.headers


def test_static_files_are_plain(app, as_):
    with app.test_request_context():
        paths = [
            url_for("static", filename=name) for name in ("img/mark.svg", "js/theme.js", "vendor/htmx.min.js")
        ]
    for path in paths:
        answer = as_().get(path)
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
