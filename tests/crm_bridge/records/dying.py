"""A `flask` command, in a process of tests/forking.py, that is killed (kill -9) when it calls one function."""

import os
import signal
from importlib import import_module

from flask.cli import FlaskGroup


def run(app, function, *words):
    """The command of these words; `function` is `module:name`."""
    module, name = function.split(":")
    setattr(import_module(module), name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    FlaskGroup(create_app=lambda: app).main(list(words), prog_name="flask")
