"""Whoever tells people is killed (kill -9) at one moment after the other: each is told once all the same."""

import os
import signal
import subprocess
import sys

from portal.database import db
from portal.ideas.deciding import change_status
from portal.notifications.models import Notice, Telling
from portal.voting import casting
from tests.services import ROOT

TELLING = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from portal.activity import reading
from portal.app import create_app
from portal.notifications import cli, telling
from portal.notifications.noticing import NoticeReader

telling.BATCH, left = 3, [int(sys.argv[1])]

def tick(*_):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

app = create_app()
for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
    event.listen(Engine, name, tick)
with app.app_context():
    reading.catch_up(NoticeReader())
    cli.tell_waiting()
"""
MOMENTS = (8, 14, 20, 27, 33)


def test_each_is_told_once_however_often_the_worker_dies(make, cast, settings, rows):
    idea, people = make.idea(author=cast.customer), [make.person() for _ in range(11)]
    for each in people:
        casting.cast(idea, by=each)
    for to in ("planned", "started"):
        change_status(idea, to=to, by=cast.product_manager)
    db.session.commit()
    names = {
        "INSTANCE": settings.instance,
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
    }
    environment = os.environ | {f"PORTAL_{name}": value for name, value in names.items()}
    ends = []
    for moment in (*MOMENTS, 10**9):
        command = [sys.executable, "-c", TELLING, str(moment)]
        ends.append(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode)
        db.session.rollback()
    assert ends[0] == -signal.SIGKILL
    assert ends[-1] == 0
    db.session.expire_all()
    assert rows(Notice) == 2 * 12
    assert len({(each.person_id, each.entry_id) for each in db.session.query(Notice)}) == 2 * 12
    assert [each.told for each in db.session.query(Telling)] == [12, 12]
