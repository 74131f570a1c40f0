"""What runs in the processes that tests/forking.py starts: `python -m tests.forked FD` loads the portal, then forks.

Through the socket FD come the environment of one portal and a socket for it. For each of them a process is forked that
makes its app, prepares what is asked for, and then forks once more for each line that it reads from its own socket:

    ["start", "FILE", "flask", "crm", "push"]     `flask crm push`; what it says goes to that file
    ["start", "FILE", "module:function", "7"]     function(app, "7")
    ["wait", 4711]                                how that process ended

Each answer is a number: the id of the process, or its exit code (minus the number of the signal that killed it).
No process hands a connection or a thread down to the one that it forks.
"""

import gc
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click
from flask.cli import FlaskGroup, ScriptInfo

from crms.programs import end_with_parent
from portal.app import create_app
from portal.cli import is_ready
from portal.database import db
from portal.settings import Settings


def found(name: str) -> Callable[..., Any]:
    """The function that `module:function` names."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def _load() -> None:
    """Make an app that nobody uses: what is imported for it stays."""
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:
        create_app(Settings(instance=folder, database_url="sqlite://", secret_key="of nobody"))


def _fork(work: Callable[[], Any]) -> int:
    """Do the work in a new process, which ends with this one."""
    assert threading.active_count() == 1
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        end_with_parent(signal.SIGKILL)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    # As at the end of every program: threads finish, what was said is written. Taking the modules apart is left out.
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Stage:
    """One portal, loaded, and the processes that were forked from it."""

    def __init__(self, orders: socket.socket) -> None:
        self.socket, self.orders = orders, orders.makefile("rw")
        self.app = create_app()
        self.flask = FlaskGroup(create_app=lambda: self.app)

    def prepare(self, names: list[str]) -> None:
        """Do once what every process would do first, so that it is compiled and imported for all of them."""
        self.flask.get_command(
            click.Context(self.flask, obj=ScriptInfo(create_app=lambda: self.app)), "worker"
        )
        with self.app.app_context():
            is_ready()
            for name in names:
                found(name)()
            db.session.remove()
            db.engine.dispose()
        gc.collect()
        gc.freeze()

    def obey(self) -> None:
        self._answer(os.getpid())
        for line in self.orders:
            match json.loads(line):
                case ["wait", process_id]:
                    _, status = os.waitpid(process_id, 0)
                    self._answer(os.waitstatus_to_exitcode(status))
                case ["start", file, *words]:
                    self._answer(_fork(lambda file=file, words=words: self._run(file, words)))

    def _answer(self, number: int) -> None:
        self.orders.write(f"{number}\n")
        self.orders.flush()

    def _run(self, file: str, words: list[str]) -> None:
        sink = os.open(file, os.O_WRONLY | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(sink, stream)
        os.close(self.socket.fileno())
        os.setsid()
        if words[0] == "flask":
            self.flask.main(words[1:], prog_name="flask")
        else:
            found(words[0])(self.app, *words[1:])


def _raise(orders: socket.socket, message: dict[str, Any], others: socket.socket) -> None:
    others.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(message["environment"])
    stage = Stage(orders)
    stage.prepare(message["prepare"])
    stage.obey()


def main() -> None:
    """Load once, then make a stage for every portal that comes, until nobody can send one any more."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    _load()
    gc.collect()
    gc.freeze()
    # Nobody asks how a stage ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    while True:
        text, descriptors, _, _ = socket.recv_fds(orders, 1_000_000, 1)
        if not text:
            return
        message, own = json.loads(text), socket.socket(fileno=descriptors[0])
        _fork(lambda message=message, own=own: _raise(own, message, orders))
        own.close()


if __name__ == "__main__":
    main()
