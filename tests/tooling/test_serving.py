"""bin/serve.py with a toy portal: what starts, starts in order; whatever happens, nothing is left running."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest

from tests.servers import free_port
from tests.services import ROOT

TOY_PORTAL = """
import os, signal, sys, time
from flask import Flask
from flask.cli import AppGroup

open("pids", "a").write(f"{os.getpid()}\\n")
app = Flask(__name__)
admin = AppGroup("admin")
app.cli.add_command(admin)

@app.get("/-/health")
def health():
    return "fine"

@admin.command("prepare")
def prepare():
    print("prepared", flush=True)
    if os.environ.get("TOY") == "slow to prepare":
        time.sleep(60)
    sys.exit(3 if os.environ.get("TOY") == "cannot prepare" else 0)

@app.cli.command("worker")
def worker():
    open("worker", "w").write(str(os.getpid()))
    if os.environ.get("TOY") == "worker ends":
        sys.exit(7)
    time.sleep(60)
"""
PATIENCE = 30


class Serving:
    """One run of bin/serve.py on the toy portal."""

    def __init__(self, folder, port, toy):
        self.folder, self.port = folder, port
        (folder / "wsgi.py").write_text(TOY_PORTAL)
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "bin/serve.py")],
            cwd=folder,
            env={**os.environ, "PORT": str(port), "TOY": toy},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_until(self, text):
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if text in line:
                return
        pytest.fail(f"It ended without saying {text!r}:\n{''.join(lines)}")

    def end(self):
        output, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, output

    def survivors(self):
        """Processes of this run that still live shortly after its end."""
        pids = {int(pid) for pid in (self.folder / "pids").read_text().split()}
        living = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
        return psutil.wait_procs(living, timeout=PATIENCE)[1]


@pytest.fixture
def serve(tmp_path):
    runs = []

    def start(toy="well", port=None):
        runs.append(Serving(tmp_path, port or free_port(), toy))
        return runs[-1]

    yield start
    for run in runs:
        run.process.kill()
        run.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_and_stops_cleanly(serve, number):
    run = serve()
    run.read_until(f"http://127.0.0.1:{run.port}")
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/-/health") as answer:
        assert answer.read() == b"fine"
    run.process.send_signal(number)
    assert run.end()[0] == 0
    assert run.survivors() == []


def test_a_worker_that_ends_takes_the_web_server_along(serve):
    run = serve("worker ends")
    code, output = run.end()
    assert code == 1
    assert "The worker ended by itself (code 7)" in output
    assert run.survivors() == []


def test_a_killed_web_server_takes_the_worker_and_its_own_processes_along(serve):
    run = serve()
    run.read_until(f"http://127.0.0.1:{run.port}")
    children = psutil.Process(run.process.pid).children()
    [web] = [child for child in children if "granian" in " ".join(child.cmdline())]
    web.kill()
    code, output = run.end()
    assert code == 1
    assert "The web server ended by itself" in output
    assert run.survivors() == []


def test_nothing_outlives_a_killed_supervisor(serve):
    run = serve()
    run.read_until(f"http://127.0.0.1:{run.port}")
    run.process.kill()
    run.end()
    assert run.survivors() == []


def test_a_busy_port_is_said_before_anything_is_done(serve):
    with socket.create_server(("127.0.0.1", 0)) as other:
        run = serve(port=other.getsockname()[1])
        code, output = run.end()
    assert code == 1
    assert re.search(r"Port \d+ cannot be used", output)
    assert not (run.folder / "pids").exists()


def test_a_failed_preparation_starts_nothing(serve):
    run = serve("cannot prepare")
    code, output = run.end()
    assert code == 1
    assert "could not be prepared" in output
    assert not (run.folder / "worker").exists()


def test_it_can_be_stopped_while_it_prepares(serve):
    run = serve("slow to prepare")
    run.read_until("prepared")
    run.process.terminate()
    assert run.end()[0] == 0
    assert run.survivors() == []
