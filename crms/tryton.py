"""Tryton: one process over SQLite files, with the modules for parties and opportunities and our small one."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crms.programs import answers, run, start, stop, wait_until

HERE = Path(__file__).parent
MODULE = HERE / "modules/community"
CONFIGURATION = """[database]
uri = sqlite://
path = {folder}/data
list = True
[web]
listen = 127.0.0.1:{port}
[password]
length = 6
[session]
max_age = 2592000
timeout = 86400
"""


MODULES = ("ir", "res", "party", "community")
DEALS = ("sale_opportunity",)
"""With what it needs, ten modules more: a database without them is loaded in a fifth of the time."""

LEAN, WHOLE = "lean", "crm"


class Tryton:
    """How Tryton is made once, started from what was made, and reached."""

    name = "tryton"
    title = "Tryton"
    python = (3, 11)
    sources = (HERE / "tryton_making.py", MODULE)
    owner = None

    def needs(self) -> None:
        """It needs nothing but its packages."""

    def make(self, venv: Path, folder: Path) -> None:
        """Database files with the modules active, as every start begins from."""
        [modules] = venv.glob("lib/python3*/site-packages/trytond/modules")
        shutil.rmtree(modules / MODULE.name, ignore_errors=True)
        shutil.copytree(MODULE, modules / MODULE.name)
        (folder / "data").mkdir(parents=True)
        admin, password = secrets.token_urlsafe(12), secrets.token_urlsafe(24)
        (folder / "password").write_text(admin)
        lean, whole = (folder / f"data/{name}.sqlite" for name in (LEAN, WHOLE))
        lean.touch()
        self._activate(venv, folder, LEAN, MODULES)
        key = self._make_user(venv, folder, LEAN, password)
        shutil.copy(lean, whole)
        self._activate(venv, folder, WHOLE, DEALS)
        told = {"admin": admin, "password": password, "key": key}
        (folder / "credentials.json").write_text(json.dumps(told))

    def _activate(self, venv: Path, folder: Path, database: str, modules: Sequence[str]) -> None:
        """Activate modules, with those that they need, in a database, of which `admin` is the administrator."""
        configuration, admin = self._configure(folder, 0), str(venv / "bin/trytond-admin")
        command = [admin, "-c", configuration, "-d", database, "--activate-dependencies", "-u", *modules]
        environment = {**self._environment(), "TRYTONPASSFILE": str(folder / "password")}
        run([*command, "--administrator", "--email", "admin@crm.example"], env=environment)

    def _make_user(self, venv: Path, folder: Path, database: str, password: str) -> str:
        """Make the user of the portal; returns a key with which it comes in too."""
        configuration, python = self._configure(folder, 0), str(venv / "bin/python")
        making = [python, str(HERE / "tryton_making.py"), configuration, database, password]
        return run(making, env=self._environment()).split()[-1]

    def share(self, folder: Path) -> None:
        """Empty databases `test1`, `test2` … for those who use it together, and `deals1` … with opportunities. It learns
        of databases only at its start."""
        for number in range(1, (os.cpu_count() or 1) + 3):
            shutil.copy(folder / f"data/{LEAN}.sqlite", folder / f"data/test{number}.sqlite")
            shutil.copy(folder / f"data/{WHOLE}.sqlite", folder / f"data/deals{number}.sqlite")

    def start(self, venv: Path, folder: Path, port: int) -> list["subprocess.Popen[bytes]"]:
        """The server over the files in `folder`; returns when it answers."""
        serving = [str(venv / "bin/python"), str(HERE / "tryton_serving.py")]
        command = [*serving, "-c", self._configure(folder, port), "-d", WHOLE]
        child = start(command, folder / "log", cwd=folder, env=self._environment())
        try:
            wait_until(lambda: self._answers(child, port), f"The start of Tryton on port {port}", 90)
        except BaseException:
            stop(child)
            raise
        return [child]

    def reached(self, folder: Path, port: int) -> dict[str, Any]:
        """Where it is and how to come in: for people, and what the connection of the portal is set to."""
        told = json.loads((folder / "credentials.json").read_text())
        address = f"http://127.0.0.1:{port}"
        return {
            "address": address,
            "sign_in": f"admin / {told['admin']} (database {WHOLE}, with a Tryton client); REST key {told['key']}",
            "settings": {
                "url": address,
                "database": WHOLE,
                "user": "community",
                "password": told["password"],
            },
            "admin": {"user": "admin", "password": told["admin"]},
        }

    def _configure(self, folder: Path, port: int) -> str:
        path = folder / "trytond.conf"
        path.write_text(CONFIGURATION.format(folder=folder, port=port))
        return str(path)

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath)}

    def _answers(self, child: "subprocess.Popen[bytes]", port: int) -> bool:
        if child.poll() is not None:
            raise RuntimeError(f"Tryton ended by itself ({child.returncode}); see its log")
        return answers(port, "/") is not None
