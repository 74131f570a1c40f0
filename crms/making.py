"""What every start of a CRM begins from: made once after the installation, and kept."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from crms.bottlecrm import BottleCRM
from crms.installing import HOME, ROOT, Say, alone, digest, failed, install, is_fresh, is_installed, lock_file
from crms.programs import ServiceMissing, as_user, find_python
from crms.tryton import Tryton

CRMS: dict[str, Any] = {each.name: each() for each in (BottleCRM, Tryton)}


@dataclass(frozen=True, slots=True)
class Made:
    """The virtual environment of a CRM, and the folder with its empty database."""

    venv: Path
    folder: Path


def lacking(name: str) -> str | None:
    """What this machine lacks to run a CRM, in one line; None when nothing."""
    try:
        CRMS[name].needs()
        if not is_installed(name):
            find_python(CRMS[name].python)
            if failed(name).exists():
                return f"{failed(name).read_text()} (bin/crm install tries again)"
    except ServiceMissing as missing:
        return str(missing)
    return None


def make(crm: Any, say: Say) -> Made:
    """Install a CRM and make its database, as far as that is not done; killed in between, it begins anew."""
    crm.needs()
    with alone(crm.name):
        venv = install(crm.name, crm.python, say)
        folder = place(crm, "made")
        wanted = digest(lock_file(crm.name), *crm.sources)
        if not is_fresh(folder / ".made", wanted):
            say(f"Making an empty {crm.title}")
            part = folder.with_name("making")
            for each in (folder, part):
                shutil.rmtree(each, ignore_errors=True)
            crm.make(venv, part)
            (part / ".made").write_text(wanted)
            part.rename(folder)
        return Made(venv, folder)


def place(crm: Any, what: str) -> Path:
    """Where files of a CRM lie: under `.crm/`, or, where their owner cannot come there, in the folder for such."""
    home = HOME / crm.name
    home.mkdir(parents=True, exist_ok=True)
    if crm.owner and subprocess.run(["test", "-x", str(home)], check=False, **as_user(crm.owner)).returncode:
        home = Path(tempfile.gettempdir()) / f"portal-crm-{os.getuid()}-{sha256(bytes(ROOT)).hexdigest()[:8]}"
        home.mkdir(mode=0o711, exist_ok=True)
        if home.stat().st_uid != os.getuid():
            raise RuntimeError(f"{home} belongs to somebody else; remove it or set TMPDIR")
        home /= crm.name
        home.mkdir(exist_ok=True)
    return home / what
