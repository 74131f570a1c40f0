"""The sign-in page: who gets in, who does not and why, and where the way leads then."""

import pytest

from portal.accounts.models import SignInSession
from portal.database import db
from tests.accounts.conftest import PASSWORD


def sign_in(browser, email="person1@example.com", password=PASSWORD, **more):
    return browser.post("/login", data={"email": email, "password": password} | more)


@pytest.fixture
def ines(cast, with_password):
    return with_password(cast.customer)


def test_in_and_out(as_, ines):
    browser = as_(None)
    answer = sign_in(browser, email=f" {ines.email.upper()} ")
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/account/").status_code == 200
    assert browser.post("/logout").status_code == 303
    assert browser.get("/account/").status_code == 302
    assert db.session.query(SignInSession).filter_by(ended_at=None).count() == 0


def test_a_cookie_kept_back_is_worth_nothing_after_signing_out(as_, ines):
    browser = as_(ines)
    with browser.session_transaction() as session:
        kept = dict(session)
    browser.post("/logout")
    with browser.session_transaction() as session:
        session.update(kept)
    assert browser.get("/account/").status_code == 302


def test_the_token_changes_with_every_sign_in(as_, ines):
    browser, tokens = as_(None), set()
    for _ in range(3):
        sign_in(browser, ines.email)
        with browser.session_transaction() as session:
            tokens.add(session["_user_id"])
        browser.post("/logout")
    assert len(tokens) == 3


def test_the_cookie_lives_longer_only_when_asked(as_, ines):
    assert "Expires" not in sign_in(as_(None), ines.email).headers["Set-Cookie"]
    answer = sign_in(as_(None), ines.email, remember="y")
    assert all("remember_token" not in each for each in answer.headers.getlist("Set-Cookie"))
    assert "Expires" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("email", "password"),
    [("ines", "wrong"), ("ines", PASSWORD.upper()), ("nobody@example.com", PASSWORD), ("imported", PASSWORD)],
)
def test_who_is_not_let_in_hears_the_same_sentence(as_, make, ines, email, password):
    make.person(email="imported@example.com", source_system="old", source_id="1")
    address = {"ines": ines.email, "imported": "imported@example.com"}.get(email, email)
    answer = sign_in(as_(None), address, password)
    assert answer.status_code == 422
    assert "The mail address or the password is not right." in answer.text
    assert address in answer.text
    assert password not in answer.text


def test_an_empty_field_is_named(as_, ines):
    answer = sign_in(as_(None), "", "")
    assert "Type your mail address." in answer.text
    assert "Type your password." in answer.text
    assert "is not right" not in answer.text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("active", False, "This account is closed"),
        ("confirmed_at", None, "Your address is not confirmed yet"),
    ],
)
def test_with_the_right_password_one_hears_why_not(as_, ines, field, value, says):
    setattr(ines, field, value)
    db.session.commit()
    assert says in sign_in(as_(None), ines.email).text
    assert says not in sign_in(as_(None), ines.email, "wrong").text


@pytest.mark.parametrize("asked", ["/account/sessions", "/ideas/7-größer?sort=new&q=a%20b"])
def test_the_way_leads_back_to_our_page(as_, ines, asked):
    location = sign_in(as_(None), ines.email, next=asked).location
    assert location in ("/account/sessions", "/ideas/7-gr%C3%B6%C3%9Fer?sort=new&q=a%20b")


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        " //evil.example",
        "\x19//evil.example",
        "http:evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "https://localhost@evil.example",
        "http://localhost.evil.example/",
    ],
)
def test_the_way_never_leads_elsewhere(as_, ines, asked):
    for answer in (
        sign_in(as_(None), ines.email, next=asked),
        as_(None).post(
            "/login", query_string={"next": asked}, data={"email": ines.email, "password": PASSWORD}
        ),
    ):
        assert answer.status_code == 303
        assert answer.location in ("/", "/%5Cevil.example", "/evil.example")


def test_json_is_refused(as_, ines):
    assert as_(None).post("/login", json={"email": {"a": 1}, "password": 1}).status_code == 415


def test_no_token_in_an_address_or_a_header_lets_in(app, as_, ines):
    with app.test_request_context():
        token = ines.get_auth_token()
    assert as_(None).get(f"/account/?auth_token={token}").status_code == 302
    assert as_(None).get("/account/", headers={"Authentication-Token": token}).status_code == 302


def test_sign_in_needs_the_secret_of_the_form(app, as_, ines):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert sign_in(as_(None), ines.email).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_pages_of_passwords_stay_in_no_cache(as_, cast):
    for path in ("/login", "/register", "/reset"):
        assert "no-store" in as_(None).get(path).headers["Cache-Control"]
    assert "no-store" in as_(cast.customer).get("/account/").headers["Cache-Control"]


class TestStranger:
    """What somebody is told who has to sign in first."""

    def test_a_page_leads_to_sign_in_and_back(self, as_, ines):
        answer = as_(None).get("/account/sessions?a=b%20c")
        assert (answer.status_code, answer.location) == (302, "/login?next=/account/sessions?a%3Db%2520c")
        assert 'value="/account/sessions?a=b%20c"' in as_(None).get(answer.location).text

    def test_a_form_gives_back_what_was_typed(self, as_, ines):
        typed = "A long text about <me> that nobody wants to type again"
        answer = as_(None).post(
            "/account/",
            data={"_method": "put", "about": typed, "csrf_token": "x" * 40},
            headers={"Referer": "http://localhost/account/?x=1"},
        )
        assert answer.status_code == 401
        assert "A long text about &lt;me&gt; that nobody wants" in answer.text
        assert 'href="/login?next=/account/?x%3D1"' in answer.text
        assert "x" * 40 not in answer.text

    def test_so_does_a_form_whose_session_ended(self, app, as_, ines):
        app.config["WTF_CSRF_ENABLED"] = True
        try:
            answer = as_(None).post("/discussion", data={"body": "A long text that was typed"})
            assert answer.status_code in (401, 404)
        finally:
            app.config["WTF_CSRF_ENABLED"] = False

    def test_a_foreign_page_is_no_way_back(self, as_, ines):
        answer = as_(None).delete("/account/consent", headers={"Referer": "https://evil.example/x"})
        assert 'href="/login?next=/"' in answer.text

    def test_htmx_is_led_to_sign_in(self, as_, ines):
        answer = as_(None).delete(
            "/account/consent",
            headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/account/"},
        )
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login?next=/account/")
