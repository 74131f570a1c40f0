"""Whoever tells people is killed (kill -9) at one moment after the other: each is told once all the same."""

import signal

from portal.database import db
from portal.ideas.deciding import change_status
from portal.notifications.models import Notice, Telling
from portal.voting import casting
from tests.activity.stage import SMALL_BATCHES

MOMENTS = (8, 14, 20, 27, 33)
TELL = "tests.activity.stage:tell"


def test_each_is_told_once_however_often_the_worker_dies(make, cast, launch, settings, rows):
    idea, people = make.idea(author=cast.customer), [make.person() for _ in range(11)]
    for each in people:
        casting.cast(idea, by=each)
    for to in ("planned", "started"):
        change_status(idea, to=to, by=cast.product_manager)
    db.session.commit()
    stage, ends = launch(settings, SMALL_BATCHES), []
    for moment in (*MOMENTS, 10**9):
        ends.append(stage.call(TELL, moment).end())
        db.session.rollback()
    assert ends[0] == -signal.SIGKILL
    assert ends[-1] == 0
    db.session.expire_all()
    assert rows(Notice) == 2 * 12
    assert len({(each.person_id, each.entry_id) for each in db.session.query(Notice)}) == 2 * 12
    assert [each.told for each in db.session.query(Telling)] == [12, 12]
