"""Python looks for garbage between requests only."""

import gc
import os
import subprocess
import sys

from tests.services import ROOT

SCRIPT = """
import gc
from portal import garbage

seen = []

def application(environ, start_response):
    seen.append(gc.isenabled())
    ring = []
    ring.append(ring)
    return [b"done"]

run = garbage.between_requests(application)
before = len(gc.get_objects())
for _ in range(500):
    assert run({}, None) == [b"done"]
assert seen == [False] * 500
assert len(gc.get_objects()) < before + 100
print("fine")
"""


def test_no_request_is_interrupted_and_what_it_leaves_behind_is_freed():
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert said.stdout == "fine\n", said.stderr


def test_what_is_served_is_looked_after(tmp_path):
    script = "import wsgi; print(wsgi.app.wsgi_app.__qualname__)"
    environment = {"PORTAL_INSTANCE": str(tmp_path), "PATH": os.environ["PATH"]}
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert said.stdout == "between_requests.<locals>.run\n", said.stderr


def test_tests_and_commands_look_for_garbage_as_always():
    assert gc.isenabled()
