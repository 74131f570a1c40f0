"""The keeper of one running CRM: starts its servers, says where they are, and ends them.

    python -m crms.keeping NAME FOLDER [--while-used]

In FOLDER it writes `state.json` once the CRM answers, or `failure` when it cannot be started. It ends with SIGTERM,
when a server ends by itself, and, with `--while-used`, when nobody is left of those who stand in `users/`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from crms.installing import alone
from crms.making import CRMS, make
from crms.programs import began_at, free_port, is_alive, is_free, run, stop

STATE, FAILURE, USERS = "state.json", "failure", "users"
LOG = "keeper.log"
SHARING = "sharing"
"""The lock under which somebody begins to use a CRM together with others, and under which the last one's ends."""


def keep(name: str, folder: Path, while_used: bool) -> None:
    """Run the CRM over `folder` until somebody ends it."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda got, _: asked.append(got))
    crm = CRMS[name]
    made = make(crm, print)
    if not (folder / "credentials.json").exists():
        run(["cp", "-a", f"{made.folder}/.", str(folder)])
    if while_used:
        crm.share(folder)
    port = _port(folder)
    children = crm.start(made.venv, folder, port)
    with ExitStack() as ending:
        try:
            mine = {"pid": os.getpid(), "began": began_at(os.getpid()), "name": name}
            _write(folder / STATE, json.dumps(mine | crm.reached(folder, port)))
            while not asked and all(each.poll() is None for each in children):
                if while_used and _is_left(folder, ending):
                    break
                time.sleep(0.2)
        finally:
            (folder / STATE).unlink(missing_ok=True)
            for each in reversed(children):
                stop(each, signal.SIGINT)
            if while_used:
                shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path, ending: ExitStack) -> bool:
    """Whether nobody uses the CRM any more. If so nobody can come until the end: they wait, and then begin anew."""
    if _is_used(folder):
        return False
    ending.enter_context(alone(SHARING))
    if not _is_used(folder):
        return True
    ending.close()
    return False


def _port(folder: Path) -> int:
    """The port of the last time if nobody has it, so that a connection stays right; else a free one."""
    kept = folder / "port"
    port = int(kept.read_text()) if kept.exists() else 0
    port = port if port and is_free(port) else free_port()
    kept.write_text(str(port))
    return port


def _is_used(folder: Path) -> bool:
    return any(is_alive(*_user(path)) for path in (folder / USERS).iterdir())


def _user(path: Path) -> tuple[int, str]:
    pid, _, began = path.name.partition("-")
    return int(pid), began


def use(folder: Path) -> Path:
    """Say that this process needs the CRM of a folder; returns the file to remove when it no longer does."""
    users = folder / USERS
    users.mkdir(parents=True, exist_ok=True)
    mine = users / f"{os.getpid()}-{began_at(os.getpid())}"
    mine.touch()
    return mine


def state_of(folder: Path) -> dict[str, Any] | None:
    """What the keeper of a folder wrote; None when none lives."""
    with suppress(OSError, ValueError):
        told: dict[str, Any] = json.loads((folder / STATE).read_text())
        if is_alive(told["pid"], told["began"]):
            return told
    return None


def begin(name: str, folder: Path, while_used: bool = False) -> "subprocess.Popen[bytes]":
    """Start a keeper that outlives whoever starts it; `wait_for` says when the CRM answers."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FAILURE).unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "crms.keeping",
        name,
        str(folder),
        *(["--while-used"] if while_used else []),
    ]
    with (folder / LOG).open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=Path(__file__).parent.parent,
        )


def shared(name: str, folder: Path) -> tuple[dict[str, Any], Path]:
    """A CRM that several processes use together, started by the first of them; the file is removed to leave it."""
    with alone(SHARING):
        user = use(folder)
        state = state_of(folder) or wait_for(folder, begin(name, folder, while_used=True))
    return state, user


def wait_for(
    folder: Path, keeper: "subprocess.Popen[bytes] | None" = None, seconds: float = 600
) -> dict[str, Any]:
    """The state of the CRM of a folder as soon as it answers; RuntimeError when it cannot be started."""
    deadline = time.monotonic() + seconds
    while (state := state_of(folder)) is None:
        if (folder / FAILURE).exists():
            raise RuntimeError((folder / FAILURE).read_text())
        if (keeper and keeper.poll() is not None) or time.monotonic() > deadline:
            raise RuntimeError(f"The CRM did not start:\n{(folder / LOG).read_text()[-2000:]}")
        time.sleep(0.05)
    return state


def end(folder: Path, seconds: float = 40) -> bool:
    """End the keeper of a folder with its servers; whether there was one."""
    state = state_of(folder)
    if state is None:
        return False
    os.kill(state["pid"], signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while is_alive(state["pid"], state["began"]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return True


def _write(path: Path, text: str) -> None:
    """The file is there whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(text)
    part.chmod(0o600)
    part.rename(path)


def main() -> None:
    name, path = sys.argv[1], Path(sys.argv[2])
    while_used = "--while-used" in sys.argv
    try:
        keep(name, path, while_used)
    except Exception as error:
        # What is left says why; whoever waits for the CRM reads it.
        path.mkdir(parents=True, exist_ok=True)
        _write(path / FAILURE, str(error))
        raise


if __name__ == "__main__":
    main()
