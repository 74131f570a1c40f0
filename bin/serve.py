"""Prepares the database, then runs web server and worker side by side until someone stops them.

PORT says where (8000). Ends with 0 after Ctrl-C or SIGTERM, with 1 when the port is busy, the preparation
fails, or one of the two ends by itself; whichever it is, nothing that was started here is left running.
"""

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable

HOST = "127.0.0.1"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 15
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
GRANIAN = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST]
GRANIAN += ["--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--log-level", "warning"]
# A process of granian's that is still loading the portal does not hear that it should stop.
GRANIAN += ["--workers-kill-timeout", "5"]

stop_asked = False


class Failed(Exception):
    """The text is for the person at the terminal."""


def ask_to_stop(*_) -> None:
    global stop_asked
    stop_asked = True


def port_from_environment() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failed(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def refuse_a_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Failed(f"Port {port} cannot be used ({error.strerror}). Try: PORT=8001 bin/run") from None


def end_with_parent() -> None:
    """Linux ends the child when this process is killed too hard to do so itself."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def start(command: list[str]) -> subprocess.Popen:
    """A child in a group of its own: Ctrl-C reaches it through `stop` alone, and takes its children along."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent if sys.platform == "linux" else None,
    )


def stop(children: list[subprocess.Popen]) -> None:
    """Ask each to finish what it does; end the groups of those that do not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def is_healthy(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{HOST}:{port}/-/health", timeout=2) as answer:
            return answer.status == 200
    except (OSError, http.client.HTTPException):
        return False


def prepare(children: dict[str, subprocess.Popen]) -> None:
    preparation = children["preparation"] = start([*FLASK, "admin", "prepare"])
    while preparation.poll() is None and not stop_asked:
        time.sleep(0.05)
    if preparation.returncode and not stop_asked:
        raise Failed("The portal could not be prepared; see above.")


def wait(children: dict[str, subprocess.Popen], done: Callable[[], bool] = lambda: False) -> None:
    """Until `done` or asked to stop; Failed when one of the children ends."""
    while not stop_asked and not done():
        for name, child in children.items():
            if child.poll() is not None:
                raise Failed(f"The {name} ended by itself (code {child.returncode}).")
        time.sleep(0.1)


def serve(children: dict[str, subprocess.Popen], port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START

    def answers() -> bool:
        if time.monotonic() > deadline:
            raise Failed(f"The web server did not answer within {SECONDS_TO_START} s.")
        return is_healthy(port)

    children["web server"] = start([*GRANIAN, "--port", str(port), "wsgi:app"])
    wait(children, done=answers)
    if stop_asked:
        return
    # Not earlier: on a small machine the pages should not wait for the worker to load.
    children["worker"] = start([*FLASK, "worker"])
    print(f"\nThe portal is at http://{HOST}:{port}  (Ctrl-C stops it)", flush=True)
    wait(children)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask_to_stop)
    children: dict[str, subprocess.Popen] = {}
    try:
        port = port_from_environment()
        refuse_a_busy_port(port)
        prepare(children)
        if not stop_asked:
            del children["preparation"]
            serve(children, port)
        print("Stopping ...", flush=True)
    finally:
        stop(list(children.values()))


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(str(failure))
