"""Fixtures for tests in a real browser.

- `chromium`: one browser for the session. `site`: the address at which the app of this test is served.
- `visit`: `visit(person, dark=True, width=360)` opens a page as that person (None is a stranger). What went wrong in
  it (console errors, exceptions) stands in `visit.mistakes`; the test fails when there is any at the end. The tab is
  one that another test had before; `alone=True` for whoever changes it in a way that tests/tabs.py does not undo.
- `axe`: `axe(page)` returns what axe-core finds that is serious or critical; rules can be
  named, or one left out, and only elements with some numbers looked at, counted in their order on the page.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from socket import create_server, socket
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from portal.database import db
from tests.cast import sign_in
from tests.tabs import BLANK, Kind, Tab, Tabs

AXE = Path(__file__).parents[1] / "static" / "vendor" / "axe.min.js"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What the scripts of a page were compiled to is there for the next page.
    "--js-flags=--no-flush-bytecode",
]


# Whatever a rule finds has the impact of the rule: what is neither serious nor critical need not be looked for.
RUN_AXE = """([options, only]) => {
    if (!window.axe) return null;
    const all = document.querySelectorAll("*");
    const mild = axe._audit.rules.filter(({impact}) => ["minor", "moderate"].includes(impact));
    options.rules = {...Object.fromEntries(mild.map(({id}) => [id, {enabled: false}])), ...options.rules};
    const found = axe.run(only ? {include: only.map((number) => all[number])} : document, options);
    return found.then(({violations}) => violations.map(({id, impact, nodes}) => [id, impact, nodes[0].html]));
}"""


class _Patient(ThreadedWSGIServer):
    # Closing waits for every request: one that outlives its test would open a database that is being replaced, and the
    # next test would be given that connection, whose rows nobody else sees.
    daemon_threads = False


class _Silent(WSGIRequestHandler):
    timeout = 10

    def log(self, *_any: Any) -> None:
        """Requests are no news."""


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def door() -> Iterator[socket]:
    """Where all apps of the session are served, one after the other."""
    with create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield listening


@pytest.fixture
def site(app: Flask, door: socket) -> Iterator[str]:
    server = _Patient("127.0.0.1", 0, _with_a_blank_page(app), _Silent, fd=door.fileno())
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield _address(door)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def tabs(chromium: Browser, door: socket) -> Tabs:
    return Tabs(chromium, _address(door))


@pytest.fixture
def visit(tabs: Tabs, site: str, app: Flask) -> Iterator[Callable[..., Page]]:
    taken: list[Tab] = []
    spent: list[Tab] = []
    mistakes: list[str] = []

    def visit(person: Any = None, *, alone: bool = False, **kind: Any) -> Page:
        tab = tabs.take(Kind(**kind))
        tab.mistakes = mistakes
        (spent if alone else taken).append(tab)
        if person is not None and person.is_authenticated:
            tab.context.add_cookies([_cookie(app, person, site)])
        # The served app writes in transactions of its own: the one of the test must not stand in their way.
        db.session.commit()
        return tab.page

    visit.mistakes = mistakes  # type: ignore[attr-defined]
    yield visit
    for tab in taken + spent:
        tab.say_all()
    for tab in taken:
        tabs.give_back(tab)
    for tab in spent:
        tab.context.close()
    assert mistakes == []


def _address(door: socket) -> str:
    return f"http://127.0.0.1:{door.getsockname()[1]}"


def _with_a_blank_page(app: Flask) -> Callable[..., Any]:
    def served(environ: Any, start: Any) -> Any:
        if environ["PATH_INFO"] != BLANK:
            return app(environ, start)
        start("200 OK", [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
        return []

    return served


def _cookie(app: Flask, person: Any, site: str) -> Any:
    browser = app.test_client()
    sign_in(browser, person)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie is not None
    return {"name": name, "value": cookie.value, "url": site}


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    source = AXE.read_text()

    def look(page: Page, *rules: str, without: str = "", only: Sequence[int] | None = None) -> list[str]:
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = rules
        if without:
            options["rules"] = {without: {"enabled": False}}
        found = page.evaluate(RUN_AXE, [options, only])
        if found is None:
            page.evaluate(source)
            found = page.evaluate(RUN_AXE, [options, only])
        return [f"{rule}: {html[:200]}" for rule, impact, html in found if impact in {"serious", "critical"}]

    return look
