"""Fixtures for tests in a real browser.

- `chromium`: one browser for the session. `site`: the address at which the app of this test is served.
- `visit`: `visit(person, dark=True, width=360)` opens a page as that person (None is a stranger). What went wrong in
  it (console errors, exceptions) stands in `visit.mistakes`; the test fails when there is any at the end.
- `axe`: `axe(page)` returns what axe-core finds that is serious or critical; rules can be
  named, or one left out, and only elements with some numbers looked at, counted in their order on the page.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from portal.database import db
from tests.cast import sign_in

AXE = Path(__file__).parents[1] / "static" / "vendor" / "axe.min.js"
# This takes the place of Playwright's own list: what that holds of painting and of the network stands here too.
WITHOUT = ["RenderDocument", "PaintHolding", "AvoidUnnecessaryBeforeUnloadCheckSync", "HttpsUpgrades"]
WITHOUT += ["HttpsFirstBalancedModeAutoEnable", "MediaRouter", "OptimizationHints", "AimEnabled"]
WITHOUT += ["NetworkTimeServiceQuerying", "PreconnectToSearch"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What the scripts of a page were compiled to is there for the next page; no thread of theirs works beside the page.
    "--js-flags=--no-flush-bytecode --single-threaded",
    # One process for all pages, none for painting alone, and what shows one page shows the next: a seventh less work.
    "--renderer-process-limit=1",
    "--in-process-gpu",
    f"--disable-features={','.join(WITHOUT)}",
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


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    server = _Patient("127.0.0.1", 0, app, _Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(chromium: Browser, site: str, app: Flask) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []
    mistakes: list[str] = []

    def visit(person: Any = None, *, dark: bool = False, width: int = 1280, script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        contexts.append(context)
        if person is not None and person.is_authenticated:
            context.add_cookies([_cookie(app, person, site)])
        # The served app writes in transactions of its own: the one of the test must not stand in their way.
        db.session.commit()
        page = context.new_page()
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda said: mistakes.append(said.text) if _is_mistake(said) else None)
        return page

    visit.mistakes = mistakes  # type: ignore[attr-defined]
    yield visit
    # What a page says because it is closed (a request that is cut off) is no mistake of it.
    said = _all_that_was_said(contexts, mistakes)
    for context in contexts:
        context.close()
    assert said == []


def _all_that_was_said(contexts: list[BrowserContext], mistakes: list[str]) -> list[str]:
    """The mistakes until now. A page that answers has delivered what it said before."""
    for page in (page for context in contexts for page in context.pages):
        page.evaluate("null")
    return list(mistakes)


def _cookie(app: Flask, person: Any, site: str) -> Any:
    browser = app.test_client()
    sign_in(browser, person)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie is not None
    return {"name": name, "value": cookie.value, "url": site}


def _is_mistake(said: Any) -> bool:
    # A refusal (404, 422) is an answer; only what the page itself does wrong counts.
    return said.type == "error" and "responded with a status of" not in said.text


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
