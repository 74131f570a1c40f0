"""Processes of the portal that start at once, to be killed or to run side by side.

Loading the portal takes a second or two, working often only milliseconds: of processes that start from nothing, nearly
every kill would hit the loading. So one process for each test process loads the portal, and every other is forked from
it (tests/forked.py). Each is a process like any other: it has its own id, connections and random numbers, runs the same
command, and dies of `kill -9`. Only the loading is not in it, which every kind of process has a test of its own for.

    flask = launch(settings)                            a portal with these settings
    push = flask.start("crm", "push")                   `flask crm push`
    push.kill()
    assert push.end() == -signal.SIGKILL
    assert flask.start("crm", "push").end() == 0

`flask.call("tests.some.module:function", 7)` calls function(app, "7") in a process instead.
`launch(settings, "tests.some.module:function")` calls that function first, inside an app context, once for all
processes of this portal: to patch something, or to compile the statements that each of them would compile.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from crms.programs import ending_with_us
from portal.settings import Settings
from tests.services import ROOT


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which a process of the portal has these settings."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    for each in fields(settings):
        value = getattr(settings, each.name)
        if value != each.default:
            ours[f"PORTAL_{each.name.upper()}"] = str(int(value) if isinstance(value, bool) else value)
    return ours


class Loaded:
    """The process that has loaded the portal; it ends when nobody can ask it for anything any more."""

    def __init__(self) -> None:
        self.orders, its = socket.socketpair()
        command = [sys.executable, "-m", "tests.forked", str(its.fileno())]
        self.process = subprocess.Popen(
            command, cwd=ROOT, pass_fds=[its.fileno()], preexec_fn=ending_with_us(signal.SIGKILL)
        )
        its.close()

    def portal(self, names: dict[str, str], prepare: tuple[str, ...]) -> "Portal":
        ours, its = socket.socketpair()
        message = json.dumps({"environment": names, "prepare": prepare}).encode()
        socket.send_fds(self.orders, [message], [its.fileno()])
        its.close()
        return Portal(ours)

    def stop(self) -> None:
        self.orders.close()
        self.process.wait()


class Portal:
    """One portal whose processes start at once."""

    def __init__(self, orders: socket.socket) -> None:
        self.orders = orders.makefile("rw")
        orders.close()
        self.folder = tempfile.TemporaryDirectory(prefix="portal-")
        self.running: dict[int, Process] = {}
        self.hear()

    def start(self, *words: str) -> "Process":
        """`flask` with these words."""
        return self.call("flask", *words)

    def call(self, name: str, *words: object) -> "Process":
        """The function `module:function` with the app and these words, each as a text."""
        said = Path(self.folder.name) / str(len(list(Path(self.folder.name).iterdir())))
        said.touch()
        pid = self.ask("start", str(said), name, *map(str, words))
        self.running[pid] = Process(self, pid, said)
        return self.running[pid]

    def stop(self) -> None:
        """Kill what still runs. New processes can be started afterwards."""
        for each in list(self.running.values()):
            each.kill()
            each.end()

    def close(self) -> None:
        self.stop()
        self.orders.close()
        self.folder.cleanup()

    def ask(self, *order: object) -> int:
        self.orders.write(f"{json.dumps(order)}\n")
        self.orders.flush()
        return self.hear()

    def hear(self) -> int:
        line = self.orders.readline()
        assert line, "The portal could not be loaded; what it said stands above."
        return int(line)


class Process:
    """One that was started: `pid`, and how it ended."""

    def __init__(self, portal: Portal, pid: int, said: Path) -> None:
        self.portal, self.pid, self._said = portal, pid, said

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.pid, number)

    def end(self) -> int:
        """Wait for it; its exit code, or minus the number of the signal that killed it."""
        code = self.portal.ask("wait", self.pid)
        del self.portal.running[self.pid]
        return code

    def said(self) -> str:
        """What it wrote to its standard output and error output until now."""
        return self._said.read_text()


@pytest.fixture(scope="session")
def _loaded() -> Iterator[Loaded]:
    made = Loaded()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def launch(_loaded: Loaded) -> Iterator[Callable[..., Portal]]:
    """`launch(settings, *prepare)`: a portal whose processes start at once. Asked for again in the same test file, it
    is the same one. None of its processes outlives the file; `.stop()` ends them earlier."""
    made: dict[Any, Portal] = {}

    def portal(settings: Settings, *prepare: str) -> Portal:
        key = (settings, prepare)
        if key not in made:
            made[key] = _loaded.portal(environment(settings), prepare)
        return made[key]

    yield portal
    for each in made.values():
        each.close()
