"""Installing a CRM once: a virtual environment of its own from a lock file with hashes."""

import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from crms.programs import ending_with_us, find_python, run

ROOT = Path(__file__).resolve().parent.parent
HOME = (ROOT / ".crm").resolve()
"""Everything that is installed and kept here; it may be removed at any time, and is made again."""

Say = Callable[[str], None]


@contextmanager
def alone(name: str) -> Iterator[Path]:
    """The folder of one CRM, to oneself: whoever else wants to install or make it waits."""
    folder = HOME / name
    folder.mkdir(parents=True, exist_ok=True)
    with (HOME / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def digest(*paths: Path) -> str:
    """What a stamp says: changes when one of the files (or files in the folders) does."""
    files = [each for path in paths for each in (sorted(path.rglob("*.*")) if path.is_dir() else [path])]
    content = b"".join(each.read_bytes() for each in files if each.is_file() and each.suffix != ".pyc")
    return sha256(content).hexdigest()


def is_fresh(stamp: Path, wanted: str) -> bool:
    """Whether that was made from the same files; the stamp is written last, so half of it is nothing."""
    return stamp.is_file() and stamp.read_text() == wanted


def lock_file(name: str) -> Path:
    """The pinned packages of a CRM."""
    return ROOT / "requirements" / f"{name}.txt"


def wanted(name: str) -> str:
    """What the stamp of a virtual environment says: its packages, and its place, because its programs do not move along."""
    return f"{digest(lock_file(name))} {HOME / name}"


def is_installed(name: str) -> bool:
    """Whether the virtual environment is what the lock file says, and was made where it is."""
    return is_fresh(HOME / name / "venv" / ".locked", wanted(name))


def failed(name: str) -> Path:
    """The file that says why a CRM could not be installed the last time."""
    return HOME / name / "failed"


def install(name: str, oldest: tuple[int, int], say: Say) -> Path:
    """Make the virtual environment if it is not there; returns it. ServiceMissing without an interpreter.

    Killed in between, it begins anew the next time.
    """
    venv = HOME / name / "venv"
    if is_installed(name):
        return venv
    python, lock = find_python(oldest), lock_file(name)
    packages = sum(line[:1].isalnum() for line in lock.read_text().splitlines())
    say(f"Installing {name}: {packages} packages (the first time takes a minute)")
    for pid in working_in(venv):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(venv, ignore_errors=True)
    run([python, "-m", "venv", str(venv)])
    try:
        _fetch(venv, lock, say)
    except RuntimeError as failure:
        failed(name).write_text(str(failure).splitlines()[0])
        raise
    failed(name).unlink(missing_ok=True)
    (venv / ".locked").write_text(wanted(name))
    return venv


def working_in(venv: Path) -> list[int]:
    """Processes of a virtual environment: what an installation that was broken off may have left at work."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if path.read_bytes().startswith(f"{venv}/".encode()):
                found.append(int(path.parent.name))
    return found


def _fetch(venv: Path, lock: Path, say: Say) -> None:
    command = [str(venv / "bin/python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    # Of thousands of modules a CRM loads a few hundred, and those are compiled when it first does.
    command += ["--progress-bar", "off", "--no-compile", "--require-hashes", "--requirement", str(lock)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=ending_with_us()
    )
    said = []
    for line in process.stdout or ():
        said.append(line)
        if line.startswith("Collecting "):
            say(f"  {line.split()[1].partition('=')[0]}")
    if process.wait():
        raise RuntimeError(f"pip could not install {lock.name}:\n{''.join(said[-20:])}")
