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

LEAN = "lean"


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
        key = ""
        for database, activated in ((LEAN, MODULES), ("crm", (*MODULES, *DEALS))):
            key = self._make_database(venv, folder, database, activated, password)
        told = {"admin": admin, "password": password, "key": key}
        (folder / "credentials.json").write_text(json.dumps(told))

    def _make_database(
        self, venv: Path, folder: Path, database: str, activated: Sequence[str], password: str
    ) -> str:
        """One with these modules, and the user of the portal; returns a key of that user."""
        (folder / f"data/{database}.sqlite").touch()
        configuration = self._configure(folder, 0)
        environment = {**self._environment(), "TRYTONPASSFILE": str(folder / "password")}
        admin = str(venv / "bin/trytond-admin")
        command = [admin, "-c", configuration, "-d", database, "--activate-dependencies", "-u", *activated]
        run([*command, "--email", "admin@crm.example"], env=environment)
        making = [str(venv / "bin/python"), str(HERE / "tryton_making.py"), configuration, database, password]
        return run(making, env=environment).split()[-1]

    def share(self, folder: Path) -> None:
        """Empty databases `test1`, `test2` … for those who use it together, and `deals1` … with opportunities. It learns
        of databases only at its start."""
        for number in range(1, (os.cpu_count() or 1) + 3):
            shutil.copy(folder / f"data/{LEAN}.sqlite", folder / f"data/test{number}.sqlite")
            shutil.copy(folder / "data/crm.sqlite", folder / f"data/deals{number}.sqlite")

    def start(self, venv: Path, folder: Path, port: int) -> list["subprocess.Popen[bytes]"]:
        """The server over the files in `folder`; returns when it answers."""
        serving = [str(venv / "bin/python"), str(HERE / "tryton_serving.py")]
        command = [*serving, "-c", self._configure(folder, port), "-d", "crm"]
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
            "sign_in": f"admin / {told['admin']} (database crm, with a Tryton client); REST key {told['key']}",
            "settings": {
                "url": address,
                "database": "crm",
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
