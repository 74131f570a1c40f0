"""BottleCRM: PostgreSQL without fsync, and its web server beside it."""

import json
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from crms.programs import answers, as_user, free_port, program, run, start, stop, wait_until

HERE = Path(__file__).parent
OWNER = "postgres" if os.geteuid() == 0 else None
"""PostgreSQL refuses to run as root."""

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1")
LOGIN = "crm_app"
"""Not the superuser: that would not be held by row security."""


class BottleCRM:
    """How BottleCRM is made once, started from what was made, and reached."""

    name = "bottlecrm"
    title = "BottleCRM"
    python = (3, 12)
    sources = (HERE / "bottlecrm_settings.py", HERE / "bottlecrm_making.py")
    owner = OWNER

    def needs(self) -> None:
        """Raise ServiceMissing for what no package index brings."""
        program("postgres", package="postgresql")

    def make(self, venv: Path, folder: Path) -> None:
        """An empty CRM with one organisation in `folder`, as every start begins from."""
        folder.mkdir(parents=True)
        secret = secrets.token_urlsafe(48)
        if OWNER:
            shutil.chown(folder, OWNER)
        options = ("--username=crm", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        initdb = program("initdb", package="postgresql")
        run([initdb, "-D", str(folder / "data"), *options], cwd=folder, **as_user(OWNER))
        port = free_port()
        database = self._start_database(folder, port)
        try:
            self._create(port)
            environment = self._environment(port, secret)
            made = run(
                [str(venv / "bin/python"), str(HERE / "bottlecrm_making.py")], env=environment, cwd=folder
            )
        finally:
            stop(database, signal.SIGINT)
        told = {**json.loads(made.splitlines()[-1]), "secret": secret}
        (folder / "credentials.json").write_text(json.dumps(told))

    def share(self, folder: Path) -> None:
        """Those who use it together make organisations of their own."""

    def start(self, venv: Path, folder: Path, port: int) -> list["subprocess.Popen[bytes]"]:
        """Database and web server over the files in `folder`; returns when it answers."""
        told = json.loads((folder / "credentials.json").read_text())
        database_port = free_port()
        children = [self._start_database(folder, database_port)]
        try:
            self._wait_for_database(children[0], database_port)
            command = [str(venv / "bin/gunicorn"), "bottlecrm_serving:application", "--preload"]
            command += ["--bind", f"127.0.0.1:{port}"]
            command += ["--workers", "2", "--threads", "4", "--log-level", "warning"]
            environment = self._environment(database_port, told["secret"])
            children.append(start(command, folder / "log", cwd=folder, env=environment))
            wait_until(lambda: self._answers(children, port), f"The start of BottleCRM on port {port}", 90)
        except BaseException:
            for each in reversed(children):
                stop(each, signal.SIGINT)
            raise
        return children

    def reached(self, folder: Path, port: int) -> dict[str, Any]:
        """Where it is and how to come in: for people, and what the connection of the portal is set to."""
        told = json.loads((folder / "credentials.json").read_text())
        address = f"http://127.0.0.1:{port}"
        return {
            "address": address,
            "sign_in": f"{told['user']} / {told['password']} (at {address}/admin/)",
            "settings": {"url": address, "token": told["token"]},
            "key": told["key"],
        }

    def _start_database(self, folder: Path, port: int) -> "subprocess.Popen[bytes]":
        settings = (*QUICK, f"port={port}", "unix_socket_directories=")
        options = [part for each in settings for part in ("-c", each)]
        command = [program("postgres", package="postgresql"), "-D", str(folder / "data"), *options]
        return start(command, folder / "log", signal.SIGQUIT, cwd=folder, **as_user(OWNER))

    def _create(self, port: int) -> None:
        statements = (f"CREATE ROLE {LOGIN} LOGIN NOSUPERUSER", f"CREATE DATABASE crm OWNER {LOGIN}")
        wait_until(lambda: self._psql(port, "SELECT 1"), "The start of PostgreSQL")
        for each in statements:
            if not self._psql(port, each):
                raise RuntimeError(f"PostgreSQL did not take: {each}")

    def _wait_for_database(self, database: "subprocess.Popen[bytes]", port: int) -> None:
        wait_until(
            lambda: database.poll() is not None or self._psql(port, "SELECT 1"), "The start of PostgreSQL"
        )
        if database.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended by itself ({database.returncode})")

    def _psql(self, port: int, statement: str) -> bool:
        command = [program("psql", package="postgresql"), "-h", "127.0.0.1", "-p", str(port), "-U", "crm"]
        command += ["-q", "-c", statement, "postgres"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _environment(self, port: int, secret: str) -> dict[str, str]:
        """Also for its interpreter: it loads our settings, and nothing of the portal's environment."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(HERE),
            "DJANGO_SETTINGS_MODULE": "bottlecrm_settings",
            "SECRET_KEY": secret,
            "ENV_TYPE": "dev",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DBNAME": "crm",
            "DBUSER": LOGIN,
            "DBPASSWORD": "",
            "DBHOST": "127.0.0.1",
            "DBPORT": str(port),
            "DB_POOL_ENABLED": "true",
            "CELERY_BROKER_URL": "memory://",
            "CELERY_RESULT_BACKEND": "cache+memory://",
        }

    def _answers(self, children: list["subprocess.Popen[bytes]"], port: int) -> bool:
        for each in children:
            if each.poll() is not None:
                raise RuntimeError(f"A server of BottleCRM ended by itself ({each.returncode}); see its log")
        return answers(port, "/healthz/") == 200


def new_organisation(address: str, key: str, name: str) -> str:
    """An empty organisation beside the others; returns its token. Tests begin each with one of their own."""
    made = _ask(f"{address}/api/org/", key, {"name": name, "company_name": name, "default_currency": "EUR"})
    switched = _ask(f"{address}/api/auth/switch-org/", key, {"org_id": made["org"]["id"]})
    return str(
        _ask(f"{address}/api/profile/tokens/", switched["access_token"], {"name": name, "scopes": []})[
            "token"
        ]
    )


def _ask(address: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(address, json.dumps(body).encode(), headers), timeout=60) as answer:  # noqa: S310
        return dict(json.load(answer))
