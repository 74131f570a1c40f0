"""Runs a `flask` command in a process that is killed (kill -9) at the moment when it calls one function.

Usage: python -m tests.crm_bridge.records.dying MODULE FUNCTION WORDS…
"""

import os
import signal
import sys
from importlib import import_module

from flask.cli import FlaskGroup

from portal.app import create_app

module, function, *words = sys.argv[1:]
app = create_app()
setattr(import_module(module), function, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
FlaskGroup(create_app=lambda: app).main(words, prog_name="flask")
