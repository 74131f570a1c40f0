"""What processes of tests/forking.py do with the readers: each work, killed at one moment of it.

Called with a moment, the seventh for example, they are killed at the seventh thing that they do to the database or to a
file; with 0 they end by themselves.
"""

import os
import signal
import sys

from sqlalchemy import event
from sqlalchemy.engine import Engine

from portal.activity import reading
from portal.notifications import telling
from portal.notifications.cli import tell_waiting
from portal.notifications.noticing import NoticeReader
from portal.transfer.saved import cli as saved
from tests.activity.readers import Noting

FILES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}
SMALL_BATCHES = f"{__name__}:read_in_small_batches"


def read_in_small_batches():
    """As many boundaries between batches as possible, and one reader more. What is there is read."""
    reading.BATCH = 4
    reading.readers.register(Noting())
    reading.catch_up_all()


def _mortal(app, moment):
    left = [int(moment)]

    def tick(*_):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hear(name, arguments):
        if name in FILES and str(app.extensions["settings"].folder) in str(arguments[0]):
            tick()

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, name, tick)
    sys.addaudithook(hear)


def read(app, moment):
    """Let all readers catch up."""
    _mortal(app, moment)
    with app.app_context():
        reading.catch_up_all()


def deliver(app, moment):
    """Do what is scheduled."""
    _mortal(app, moment)
    with app.app_context():
        saved.deliver(app.extensions["settings"])


def tell(app, moment):
    """Let those know who are to hear of something, three at a time."""
    telling.BATCH = 3
    _mortal(app, moment)
    with app.app_context():
        reading.catch_up(NoticeReader())
        tell_waiting()
