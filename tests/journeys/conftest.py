"""The whole portal as a company runs it: `bin/serve.py` with its web server and its worker, and a real browser."""

import email
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import policy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from portal.settings import Settings
from tests import forking
from tests.forking import environment
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
PASSWORD = "correct horse battery staple"


def wait_for(what: str, ask: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Ask until there is an answer; fails with `what` when none comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = ask()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"There was no {what} within {seconds:.0f} s")


class Portal:
    """One portal that runs, with an empty community."""

    def __init__(self, settings: Settings, launch: Callable[..., forking.Portal]) -> None:
        self.folder = settings.folder
        self.address = ""
        self.said = self.folder / "said.txt"
        self.settings, self.launch = settings, launch
        self.environment = environment(settings) | {"PORT": str(free_port())}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "bin/serve.py"], cwd=ROOT, env=self.environment, stdout=said, stderr=said
            )
        self.address = wait_for("address of the portal", lambda: self.found(r"The portal is at (http://\S+)"))

    def found(self, pattern: str) -> str | None:
        """What the portal printed."""
        if self.process and self.process.poll() is not None:
            pytest.fail(f"The portal ended by itself:\n{self.said.read_text()}")
        match = re.search(pattern, self.said.read_text())
        return match[1] if match else None

    def flask(self, *words: str) -> str:
        """A flask command beside the running portal; returns what it printed."""
        command = self.launch(self.settings).start(*words)
        assert command.end() == 0, command.said()
        return command.said()

    def link_from_mail(self, to: str, containing: str) -> str:
        """The newest link in a mail to somebody whose address holds a word."""

        def look() -> str | None:
            for path in sorted(
                (self.folder / "mail").glob("*.eml"), key=lambda each: each.stat().st_mtime_ns
            )[::-1]:
                mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
                text = mail.get_body(("plain",)).get_content()
                link = re.search(rf"https?://\S*{containing}\S*", text)
                if to in mail["To"] and link:
                    return link[0]
            return None

        return str(wait_for(f"mail to {to}", look, 20))

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture(scope="module")
def portal(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[str], str], request: Any, launch: Any
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    url = new_database(request.module.__name__.rpartition(".")[2])
    made = Portal(Settings(instance=str(folder), database_url=url, demo=False, rate_limits=False), launch)
    made.start()
    yield made
    made.stop()


class Visitor:
    """Somebody with a browser. `page` is a Playwright page; clicks wait for what they lead to."""

    def __init__(self, chromium: Browser, portal: Portal, *, script: bool) -> None:
        self.portal = portal
        self.context = chromium.new_context(
            base_url=portal.address, java_script_enabled=script, reduced_motion="reduce"
        )
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.mistakes: list[str] = []
        self.page.on("pageerror", lambda error: self.mistakes.append(str(error)))

    def register(self, name: str, address: str) -> None:
        """Register, confirm from the mail, and be signed in."""
        page = self.page
        page.goto("/register")
        page.get_by_label("Your name").fill(name)
        page.get_by_label("Mail address").fill(address)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Register").click()
        page.goto(self.portal.link_from_mail(address, "confirm"))
        page.get_by_label("The password that you chose").fill(PASSWORD)
        page.get_by_role("button", name="Confirm and sign in").click()
        page.wait_for_load_state()

    def sign_in(self, address: str) -> None:
        self.page.goto("/login")
        self.page.get_by_label("Mail address").fill(address)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_load_state()


@pytest.fixture(scope="module", params=[True, False], ids=["script", "no script"])
def arrive(request: Any, chromium: Browser, portal: Portal) -> Iterator[Callable[[], Visitor]]:
    """`arrive()` is a new visitor; everything is done once with script and once without."""
    visitors: list[Visitor] = []

    def arrive() -> Visitor:
        visitors.append(Visitor(chromium, portal, script=request.param))
        return visitors[-1]

    arrive.with_script = request.param  # type: ignore[attr-defined]
    yield arrive
    for each in visitors:
        assert each.mistakes == []
        each.context.close()
