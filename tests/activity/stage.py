"""Workers to be killed: `python -m tests.activity.stage` loads the portal of the environment once, then forks.

A line on standard input starts a process, whose id is printed: `work` is `flask worker`; `die 7` lets all readers
catch up and is killed at the seventh thing that it does to the database or to a file; `deliver 7` does the same with
what is scheduled, `tell 7` with those who wait to be told. `wait ID` prints how the process ended. Loading the portal
takes a second, working a few milliseconds: without the fork nearly every kill would hit the loading.
"""

import os
import signal
import sys
import traceback
from functools import partial

from flask.cli import ScriptInfo
from sqlalchemy import event
from sqlalchemy.engine import Engine

from portal.activity import reading
from portal.app import create_app
from portal.notifications import telling
from portal.notifications.cli import tell_waiting
from portal.notifications.noticing import NoticeReader
from portal.transfer.saved.cli import deliver
from tests.activity.readers import Noting

FILES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def work(app):
    """What `flask worker` does, in this process."""
    app.cli.main(args=["worker"], obj=ScriptInfo(create_app=lambda: app), prog_name="flask")


def die(app, moment, work=reading.catch_up_all):
    """Do the work, and be killed at that moment; end by oneself when the work is done before."""
    left = [moment]

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
    with app.app_context():
        work()


def tell():
    """Let those know who are to hear of something, three at a time."""
    telling.BATCH = 3
    reading.catch_up(NoticeReader())
    tell_waiting()


def perform(app, line):
    """Do what the line says, and end this process."""
    os.close(sys.stdin.fileno())
    status = 1
    try:
        match line.split():
            case ["work"]:
                work(app)
            case ["die", moment]:
                die(app, int(moment))
            case ["deliver", moment]:
                die(app, int(moment), partial(deliver, app.extensions["settings"]))
            case ["tell", moment]:
                die(app, int(moment), tell)
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def main():
    """Load once, then start what is asked for."""
    app = create_app()
    # Small batches: as many boundaries between them as possible.
    reading.BATCH = 4
    reading.readers.register(Noting())
    print("ready", flush=True)
    for line in sys.stdin:
        if line.startswith("wait"):
            _, status = os.waitpid(int(line.split()[1]), 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        child = os.fork()
        if child == 0:
            perform(app, line)
        print(child, flush=True)


if __name__ == "__main__":
    main()
