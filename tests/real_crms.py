"""Real CRMs for the tests, each one for all test processes of a run and gone with the last of them.

`tests/conftest.py` loads this file as a plugin. `real_crm("bottlecrm")` starts it at the first use and returns the
settings of a connection to an empty one. Tests that may need it are marked `real_crm(name)`; where the machine lacks
what it runs on, they are left out with one loud line that counts them, and `bin/test --require-crm` fails.
"""

import contextlib
import os
import tempfile
import time
from base64 import b64encode
from collections import Counter
from functools import cache
from pathlib import Path

import httpx
import pytest

from crms import keeping
from crms.bottlecrm import new_organisation
from crms.making import CRMS, lacking
from tests.servers import IN_MEMORY

PATIENCE = 60
"""Seconds until a CRM that goes on refusing is a failure."""

lacks = cache(lacking)
LEFT_OUT = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Say what is missing before any test process begins."""
    config.stash[LEFT_OUT] = Counter()
    if os.environ.get("PORTAL_REQUIRE_CRM") == "1":
        missing = [f"{crm.title}: {reason}" for name, crm in CRMS.items() if (reason := lacks(name))]
        if missing:
            raise pytest.UsageError(f"A CRM is required and cannot be run: {'; '.join(missing)}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if any(lacks(name) for name in crms_of(item))]
    for item in left_out:
        config.stash[LEFT_OUT].update(name for name in crms_of(item) if lacks(name))
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def crms_of(item: pytest.Item) -> set[str]:
    """Which real CRMs a test needs."""
    return {name for mark in item.iter_markers("real_crm") for name in mark.args}


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["without_crm"] = dict(session.config.stash[LEFT_OUT])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    """Every test process collects the same tests, so one report stands for all."""
    if output := getattr(node, "workeroutput", None):
        node.config.stash[LEFT_OUT] |= Counter(output.get("without_crm", {}))


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    for name, count in sorted(config.stash[LEFT_OUT].items()):
        line = (
            f"NOT RUN: {count} tests need a real {CRMS[name].title}, which cannot be run here: {lacks(name)}"
        )
        terminalreporter.write_line(line, red=True, bold=True)


@pytest.fixture(scope="session")
def real_crm(testrun_uid):
    """A function: the name of a CRM in, the settings of a connection to an empty one out. A Tryton has no deals, unless
    one of the kind `deals` is asked for. `admin(name)` says how somebody signs in who may do everything there."""
    running = {}

    def settings(name, kind="test"):
        if (name, kind) not in running:
            folder = Path(IN_MEMORY or tempfile.gettempdir()) / f"portal-{testrun_uid[:12]}-{name}"
            running[name, kind] = EMPTY[name](folder, *keeping.shared(name, folder), kind)
        return running[name, kind].settings()

    settings.admin = lambda name: next(each for (of, _), each in running.items() if of == name).state["admin"]
    yield settings
    for each in running.values():
        each.leave()


class Organisations:
    """A BottleCRM in which every test is an organisation of its own."""

    def __init__(self, folder, state, user, kind):
        self.state, self.user, self.number = state, user, 0

    def settings(self):
        self.number += 1
        name = f"Organisation {os.getpid()} {self.number}"
        return {
            **self.state["settings"],
            "token": new_organisation(self.state["address"], self.state["key"], name),
        }

    def leave(self):
        self.user.unlink(missing_ok=True)


def claimed(folder, kind):
    """The name of a database that no other test process has."""
    for path in sorted(folder.glob(f"data/{kind}*.sqlite")):
        with contextlib.suppress(FileExistsError):
            path.with_suffix(".claimed").touch(exist_ok=False)
            return path.stem
    raise RuntimeError("There are more test processes than databases; see `share` in crms/tryton.py")


class Refused(Exception):
    """Tryton did not do what it was asked for; its words."""


class Database:
    """A Tryton with a database for this process, emptied for each test: to load one anew takes seconds."""

    def __init__(self, folder, state, user, kind):
        self.state, self.user, self.kind = state, user, kind
        name = claimed(folder, kind)
        self.address = f"{state['address']}/{name}/rpc/"
        self.known = {**state["settings"], "database": name}
        self.caller = httpx.Client(timeout=60)
        self.caller.get(f"{state['address']}/{name}/r/load")
        self.sign_in()

    def sign_in(self):
        password = {"password": self.known["password"]}
        uid, session, _ = self.ask("common.db.login", self.known["user"], password)
        signed = b64encode(f"{self.known['user']}:{uid}:{session}".encode()).decode()
        self.caller.headers["Authorization"] = f"Session {signed}"

    def ask(self, method, *params):
        body = {"id": 1, "method": method, "params": params}
        answer = self.caller.post(self.address, json=body)
        if answer.status_code != 200 or "result" not in answer.json():
            raise Refused(f"{method}: {answer.status_code} {answer.text[:500]}")
        return answer.json()["result"]

    def empty(self):
        """But for firms, which nobody can delete, and what belongs to them: one test has those to itself."""
        for model in ("community.vote", "party.party") if self.kind == "test" else ():
            ids = self.ask(f"model.{model}.search", [], 0, None, None, {"active_test": False})
            if ids:
                self.ask(f"model.{model}.delete", ids, {})

    def settings(self):
        """Whom to ask, of an empty database. What a killed push of the test before asked for may still be at work."""
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                self.empty()
            except Refused:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.5)
            else:
                return self.known

    def leave(self):
        self.caller.close()
        self.user.unlink(missing_ok=True)


EMPTY = {"bottlecrm": Organisations, "tryton": Database}
