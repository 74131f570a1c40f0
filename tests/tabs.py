"""Tabs of the real browser that are used again: a fresh one costs three times what it shows afterwards."""

from collections import defaultdict
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

BLANK = "/-/blank"
"""The address of an empty page of the site: whoever leaves a site leaves its process, and a new one is what costs."""

HEIGHT = 900

FORGET = "(() => { localStorage.clear(); sessionStorage.clear(); })()"


class Kind(NamedTuple):
    """What a tab is opened with and cannot change later."""

    width: int = 1280
    dark: bool = False
    script: bool = True


class Tab:
    """One tab with cookies and storage of its own. What goes wrong in it is put into `mistakes`."""

    def __init__(self, browser: Browser, site: str, kind: Kind) -> None:
        self.kind = kind
        self.context: BrowserContext = browser.new_context(
            base_url=site,
            viewport={"width": kind.width, "height": HEIGHT},
            color_scheme="dark" if kind.dark else "light",
            reduced_motion="reduce",
            java_script_enabled=kind.script,
        )
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.mistakes.append(str(error)))
        self.page.on("console", lambda said: self.mistakes.append(said.text) if _is_mistake(said) else None)
        self.inside: CDPSession = self.context.new_cdp_session(self.page)
        self.site = site
        self.mistakes: list[str] = []

    def say_all(self) -> None:
        """Wait until everything that went wrong is told: a page that answers has delivered what it said before."""
        for page in self.context.pages:
            page.evaluate("null")

    def forget(self) -> None:
        """Leave for an empty page, and forget what a person left here."""
        for other in self.context.pages[1:]:
            other.close()
        self.page.unroute_all()
        self.page.goto(BLANK)
        self.page.evaluate(FORGET)
        self.page.mouse.move(0, 0)
        self.context.clear_cookies()
        self.inside.send("Storage.clearDataForOrigin", {"origin": self.site, "storageTypes": "all"})
        self.page.set_viewport_size({"width": self.kind.width, "height": HEIGHT})


class Tabs:
    """The tabs of one browser and one site. Whoever took one gives it back."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser = browser
        self._site = site
        self._idle: dict[Kind, list[Tab]] = defaultdict(list)

    def take(self, kind: Kind) -> Tab:
        """A tab that knows nothing of those who had it before."""
        idle = self._idle[kind]
        return idle.pop() if idle else Tab(self._browser, self._site, kind)

    def give_back(self, tab: Tab) -> None:
        """Nothing that goes wrong from here on is a mistake of whoever had it."""
        tab.mistakes = []
        tab.forget()
        self._idle[tab.kind].append(tab)


def _is_mistake(said: object) -> bool:
    # A refusal (404, 422) is an answer; only what the page itself does wrong counts.
    return said.type == "error" and "responded with a status of" not in said.text  # type: ignore[attr-defined]
