"""Servers as child processes: started on a free loopback port in a folder of their own, and stopped."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import psycopg
import redis
from aiosmtpd.controller import Controller

from crms.programs import PATIENCE, ServiceMissing, as_user, end_with_parent, free_port, program

IN_MEMORY = next((path for path in ("/dev/shm",) if os.access(path, os.W_OK)), None)  # noqa: S108
"""Where databases lie, so that no test waits for a disk; None where there is no such place."""


__all__ = ["IN_MEMORY", "MailServer", "PostgreSQL", "Redis", "ServiceMissing", "free_port", "program"]


def _end_with_parent() -> None:
    """Linux ends the server even when the test process is killed without a word."""
    end_with_parent(signal.SIGQUIT)


class Server:
    """A child process with a folder of its own. Subclasses say how it starts and when it answers."""

    owner: str | None = None

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="portal-", dir=IN_MEMORY))
        self.process: subprocess.Popen[bytes] | None = None
        if self.owner:
            shutil.chown(self.folder, self.owner)

    @classmethod
    def started(cls):
        """A server that answers; ServiceMissing without its program, RuntimeError with its log if it fails."""
        server = cls()
        try:
            server.start()
        except BaseException:
            server.stop()
            raise
        return server

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def as_owner(self) -> dict:
        return as_user(self.owner)

    def start(self) -> None:
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
                **self.as_owner(),
            )
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.command()[0]} did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the process, also when it does not want to, and remove its folder; twice is fine."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgreSQL(Server):
    """PostgreSQL for tests: no fsync, one superuser `portal`, no password. It refuses to run as root."""

    owner = "postgres" if os.geteuid() == 0 else None

    @property
    def address(self) -> str:
        """Without a database's name: new databases get their own address by `create_database`."""
        return f"postgresql+psycopg://portal@127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        quick = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal"]
        quick += ["max_wal_senders=0", "jit=off", "max_connections=200"]
        settings = [*quick, "listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories="]
        options = [part for setting in settings for part in ("-c", setting)]
        return [program("postgres", package="postgresql"), "-D", str(self.folder / "data"), *options]

    def start(self) -> None:
        made = subprocess.run(
            [
                program("initdb", package="postgresql"),
                *("-D", str(self.folder / "data"), "--username=portal", "--auth=trust"),
                *("--encoding=UTF8", "--no-locale", "--no-sync"),
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            **self.as_owner(),
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        super().start()

    def answers(self) -> bool:
        try:
            psycopg.connect(_plain(f"{self.address}/postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str, like: str = "template1") -> str:
        """An empty database, or a copy of one that nobody is connected to; returns its own address."""
        create = psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(_plain(f"{self.address}/postgres"), autocommit=True) as connection:
            connection.execute(create.format(psycopg.sql.Identifier(name), psycopg.sql.Identifier(like)))
        return f"{self.address}/{name}"


def _plain(address: str) -> str:
    """SQLAlchemy's address as psycopg itself reads it."""
    return address.replace("postgresql+psycopg:", "postgresql:")


class Redis(Server):
    """Redis for tests: nothing is written to disk."""

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        return [program("redis-server", package="redis-server"), *options]

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.address) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


class MailServer:
    """SMTP on a free port; what arrives is parsed and kept in `messages`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()

    @property
    def port(self) -> int:
        return self._controller.port

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Message accepted"

    def stop(self) -> None:
        self._controller.stop()
