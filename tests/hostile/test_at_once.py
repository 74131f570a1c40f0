"""Two hundred votes and un-votes at once as browsers send them: the counter equals the rows."""

import contextvars
import random
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from flask.testing import FlaskClient

from portal.activity.models import Entry
from portal.database import db
from portal.ideas.models import Idea
from portal.voting.models import Vote
from tests.cast import sign_in

AT_ONCE = 8


def test_two_hundred_requests_at_once(app, make):
    idea_id = make.idea().id
    browsers = [FlaskClient(app, app.response_class, use_cookies=True) for _ in range(40)]
    for browser in browsers:
        sign_in(browser, make.person())
    db.session.commit()
    db.session.remove()
    plan = [(browser, method) for browser in browsers for method in ("PUT", "PUT", "DELETE", "PUT", "DELETE")]
    random.Random(4711).shuffle(plan)

    def send(each):
        browser, method = each
        return contextvars.Context().run(browser.open, f"/ideas/{idea_id}/vote", method=method).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(send, plan))
    assert statuses == [303] * 200
    count = sa.select(sa.func.count()).select_from(Vote).where(Vote.idea_id == idea_id)
    assert db.session.get_one(Idea, idea_id).votes_up == db.session.scalar(count) > 0
    told = dict(
        db.session.execute(
            sa.select(Entry.kind, sa.func.count()).where(Entry.kind.startswith("vote_")).group_by(Entry.kind)
        ).all()
    )
    assert told["vote_cast"] - told.get("vote_withdrawn", 0) == db.session.scalar(count)
