"""What runs in processes that are killed: a pull in small steps, which ends itself by `kill -9` at a commit."""

import os
import signal

from sqlalchemy import event

from portal.crm_bridge import connecting
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.pulling import choosing, cli, fetching
from portal.database import db


def in_small_steps():
    """Many parts of few records: many moments at which a pull can die."""
    fetching.TOGETHER = 2
    choosing.chosen(DEFAULT, "embedded")


def pull(app, dies_at):
    """Read from the embedded store; die at the commit of that number. 0: live."""
    left = int(dies_at)

    def moment(_):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        event.listen(db.engine, "commit", moment)
        list(cli.pull(connecting.find(DEFAULT), app.extensions["settings"]))
