"""Programs of this machine, ports and processes: what starting a server needs, whichever it is."""

import contextlib
import ctypes
import http.client
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

PATIENCE = 30.0


class ServiceMissing(Exception):
    """The program is not on this machine; the text says which, and what brings it."""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether nobody listens on a loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def program(name: str, *, package: str) -> str:
    """The path of a server program, also where Debian hides PostgreSQL's; else ServiceMissing."""
    hidden = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(hidden[-1]) if hidden else None)
    if not found:
        raise ServiceMissing(f"{name} is missing; `bin/test` installs Debian's {package}")
    return found


def find_python(oldest: tuple[int, int]) -> str:
    """An interpreter of at least that version that can make virtual environments, found by trying; ServiceMissing."""
    for candidate in _pythons(oldest):
        asks = f"import ensurepip, sys, venv; print(sys.version_info >= {oldest}, sys.executable)"
        with contextlib.suppress(OSError):
            said = subprocess.run([candidate, "-c", asks], capture_output=True, text=True, check=False)
            fits, _, path = said.stdout.strip().partition(" ")
            if fits == "True":
                return path
    wanted = ".".join(map(str, oldest))
    raise ServiceMissing(f"Python {wanted} or newer with venv is missing; neither the PATH nor pyenv has one")


def _pythons(oldest: tuple[int, int]) -> Iterator[str]:
    yield sys.executable
    names = [f"python3.{minor}" for minor in range(14, oldest[1] - 1, -1)]
    yield from filter(None, map(shutil.which, [*names, "python3"]))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob("versions/3.*/bin/python"), reverse=True))


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Linux ends the child with that signal when its parent dies, even without a word."""
    pr_set_pdeathsig = 1
    # What a shell begins in the background ignores SIGINT and SIGQUIT, and so does all that begins from there.
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, number)


def ending_with_us(number: int = signal.SIGTERM) -> Callable[[], None] | None:
    """What subprocess runs in a child so that it ends with this process; nothing where the system cannot."""
    return partial(end_with_parent, number) if sys.platform == "linux" else None


def as_user(name: str | None) -> dict[str, Any]:
    """What subprocess needs to run something as another user; nothing for the one who asks."""
    if not name:
        return {}
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


def run(command: Sequence[str], **options: Any) -> str:
    """Run a command to its end, which also comes with ours; RuntimeError with what it said when it fails."""
    done = subprocess.run(
        list(command), capture_output=True, text=True, check=False, preexec_fn=ending_with_us(), **options
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed ({done.returncode}):\n{done.stdout}{done.stderr}".strip())
    return done.stdout


def start(
    command: Sequence[str], log: Path, ending: int = signal.SIGTERM, **options: Any
) -> "subprocess.Popen[bytes]":
    """A child in a group of its own that ends with this process; what it says goes to the log."""
    with log.open("ab") as sink:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            preexec_fn=ending_with_us(ending),
            **options,
        )


def stop(child: "subprocess.Popen[bytes]", number: int = signal.SIGTERM) -> None:
    """End a child and its group, also when it does not want to."""
    if child.poll() is None:
        child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def is_alive(pid: int, began: str) -> bool:
    """Whether that very process still runs: another one may have got its number."""
    return began != "" and began_at(pid) == began


def began_at(pid: int) -> str:
    """When a process began, in ticks since boot; empty when there is none (or it has ended and nobody looked)."""
    with contextlib.suppress(OSError):
        # The name of the program, in brackets, may hold anything; state and start stand after it.
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if values[0] == "Z" else values[19]
    return ""


def wait_until(happens: Any, what: str, seconds: float = PATIENCE) -> None:
    """Wait for something; RuntimeError that names it when it takes too long."""
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.05)


def answers(port: int, path: str) -> int | None:
    """The status with which a server on this machine answers a GET; None when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status
    return None
