"""Nobody is led to another site, and no header is written by who asks."""

from urllib.parse import urlsplit

import pytest
from flask_security import hash_password

from portal.accounts.security.forms import is_ours
from portal.database import db
from tests.hostile import payloads
from tests.hostile.doors import PASSWORD

pytestmark = pytest.mark.only_on("sqlite")
ADDRESSES = [(each["address"], each["ours"]) for each in payloads.read(payloads.OWN / "addresses.json")]


def leads_here(location):
    """Whether a browser on our page stays with us."""
    parts = urlsplit(location)
    return (
        not parts.scheme
        and not parts.netloc
        and location.startswith("/")
        and location[1:2] not in {"/", "\\"}
    )


@pytest.fixture
def account(cast, things):
    """Somebody with a password."""
    cast.customer.password = hash_password(PASSWORD)
    db.session.commit()
    return cast.customer


def test_what_counts_as_ours():
    assert {address: is_ours(address) for address, _ours in ADDRESSES} == dict(ADDRESSES)


def test_signing_in_leads_to_our_pages_only(as_, account):
    form = {"email": account.email, "password": PASSWORD}
    for address, ours in ADDRESSES:
        answer = as_().post("/login", data=form | {"next": address}, query_string={"next": address})
        assert answer.status_code == 303
        assert leads_here(answer.location), address
        assert answer.location == address or not ours or "%" in address


@pytest.mark.shared
def test_the_collected_addresses(shared):
    for each in payloads.read(shared / "data/hostile/strings/urls.json"):
        assert not is_ours(each["url"]) or leads_here(each["url"]), each
        assert not each["why"].startswith("good") or is_ours(each["url"]), each


def test_who_is_signed_in_is_not_sent_away(as_, account):
    ines = as_(account)
    for address, _ours in ADDRESSES:
        for path in ("/login", "/register", "/login/again"):
            form = {"next": address, "password": PASSWORD}
            for answer in (ines.get(path, query_string={"next": address}), ines.post(path, data=form)):
                assert answer.location is None or leads_here(answer.location), (path, address)


def test_signing_out_leads_to_our_pages_only(as_, account):
    for address, ours in ADDRESSES:
        if not ours:
            answer = as_(account).post("/logout", data={"next": address}, query_string={"next": address})
            assert leads_here(answer.location), address


def places_of(address):
    """The headers by which a browser would tell that it comes from this address."""
    value = (
        "".join(each for each in address if each not in "\r\n\x00").encode("utf-8").decode("latin-1") or "x"
    )
    host = value.partition("//")[2].partition("/")[0] or value
    return [
        {"Referer": value, "Origin": value},
        {"Referer": value, "Host": host},
        {"HX-Request": "true", "HX-Current-URL": value},
        {"HX-Request": "true", "HX-Current-URL": value, "Host": host},
    ]


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_a_header_leads_nowhere_else(as_, cast, things, who):
    browser, seen = as_(cast[who]), set()
    for address, _ours in ADDRESSES:
        for headers in places_of(address):
            answer = browser.put("/ideas/1/vote", headers=headers)
            seen.add(answer.status_code)
            for name in ("Location", "HX-Redirect"):
                assert leads_here(answer.headers.get(name, "/")), (name, headers)
    assert seen == ({401, 421} if who == "stranger" else {200, 303, 421})


def test_a_title_cannot_write_headers(ines):
    title = "Printing\r\nSet-Cookie: a=b\r\n\r\n<script>\u2028\x85X-A: b"
    answer = ines.post("/ideas/", data={"title": title, "body": "Labels", "board": "1"})
    assert answer.status_code == 303
    assert answer.location.isprintable()
    assert "X-A" not in answer.headers
    assert [cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("a=")] == []


STRANGE = (
    "evil.invalid", "localhost.evil.invalid", "127.0.0.1.evil.invalid", "evil.invalid#@localhost", "localhost@evil.invalid",
    'a"b', "a<b>", "localhost:x", "[::1", "a b", "\u00e9", "x" * 300, "", "10.0.0.1", "0.0.0.0",  # noqa: S104
)  # fmt: skip


@pytest.mark.parametrize("way", ["Host", "X-Forwarded-Host"])
def test_nobody_says_where_the_links_in_a_mail_lead(as_, account, settings, way):
    """The link to a new password goes to whoever owns the address; the name in it must not be the asker's choice."""
    stranger, folder = as_(), settings.folder / "mail"
    for host in STRANGE:
        before = set(folder.glob("*.eml"))
        headers = {way: host.encode("utf-8").decode("latin-1")}
        answer = stranger.post("/reset", data={"email": account.email}, headers=headers)
        new = set(folder.glob("*.eml")) - before
        assert "<html" in answer.text or answer.status_code == 303
        assert (answer.status_code in {400, 421}) is (way == "Host"), host
        assert len(new) == (way != "Host"), host
        assert all("http://localhost/reset/" in each.read_text() for each in new)


def test_this_machine_is_answered(as_, things):
    for host in ("localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"):
        assert as_().get("/questions/1", headers={"Host": host}).status_code == 200, host


def test_with_a_public_address_any_name_is_answered_and_none_is_repeated(portal_at, things):
    browser = portal_at(public_url="https://community.example/").test_client()
    page = browser.get("/questions/1", headers={"Host": "evil.invalid"}).text
    assert "evil.invalid" not in page
    assert 'href="https://community.example/questions/1-' in page
    assert '"https://community.example/people/' in page.replace("\\u002f", "/")


NO_FILES = [
    "/static/../wsgi.py", "/static/%2e%2e/wsgi.py", "/static/..%2fwsgi.py", "/static/..\\wsgi.py",
    "/static//etc/passwd", "/static/%00", "/static/css/%2e%2e/%2e%2e/pyproject.toml", "/static/" + "a" * 5_000,
    "/static/css/all-../../x", "//evil.invalid/..", "/%2f%2fevil.invalid", "/ideas//", "/\\evil.invalid",
    "/.git/config", "/instance/portal.sqlite",
]  # fmt: skip


def test_no_file_and_no_other_site_by_address(as_):
    stranger = as_()
    for path in NO_FILES:
        answer = stranger.get(path)
        assert answer.status_code in {301, 302, 308, 404, 405, 421}, path
        assert answer.location is None or urlsplit(answer.location).netloc in {"", "localhost"}, path
