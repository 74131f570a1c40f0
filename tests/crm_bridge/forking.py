"""Runs `flask` commands in processes that start at once: loads the portal, then forks for each line it reads.

Each line of input is a command, such as `crm push`. The answer is the pid of the process that runs it, and after
`wait PID` its exit status (negative: the signal that ended it). Output of the commands goes nowhere.
"""

import os
import sys

from flask.cli import FlaskGroup

from portal.app import create_app
from portal.cli import is_ready
from portal.crm_bridge import planning
from portal.database import db
from tests.crm_bridge.conftest import VOICE

app = create_app()
flask = FlaskGroup(create_app=lambda: app)
with app.app_context():
    # What every command does first is done once, here; no connection is handed down.
    is_ready()
    for _ in planning.everything(VOICE):
        pass
    db.session.remove()
    db.engine.dispose()


def run(words):
    sink = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(sink, stream)
    flask.main(words, prog_name="flask")


for line in sys.stdin:
    words = line.split()
    if words[0] == "wait":
        _, status = os.waitpid(int(words[1]), 0)
        answer = os.waitstatus_to_exitcode(status)
    else:
        answer = os.fork()
        if answer == 0:
            run(words)
    print(answer, flush=True)
