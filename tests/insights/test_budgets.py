"""What the desk and the orders of Top may cost: the same number of queries at 10, 1,000 and 100,000 ideas, by indexes."""

import sqlalchemy as sa

from portal.database import db
from portal.ideas.models import Idea
from portal.insights.choosing import SORTS
from portal.voting.demand.models import Portion
from tests.filling import filled
from tests.ideas.test_budgets import (
    a_hundred_times_as_many,
    pages_of,
    plans,
    read_whole,
    some_ideas,
    sorted_by_hand,
)

PORTIONS = ("7", "30", "90", "365", "tier:enterprise")
PUBLIC = [f"/ideas/?sort=top&days={days}" for days in (7, 30, 90, 365)]
OF_STAFF = [f"/ideas/?sort=top&by={by}" for by in ("accounts", "revenue", "weight")]
OF_STAFF += [f"{path}&days=30" for path in OF_STAFF] + [f"{path}&tier=enterprise" for path in OF_STAFF]
DESK = [f"/desk/?sort={sort}" for sort in SORTS if sort != "review"]

assert plans


def numbers():
    """Every idea is wanted by somebody, most of them by as many as others."""
    wanted = {"people": Idea.id % 97, "accounts": Idea.id % 53, "revenue": Idea.id % 89 * 1000}
    wanted |= {
        "account_weight": Idea.id % 71,
        "deals": 1,
        "deals_worth": Idea.id % 67 * 1000,
        "waiting": Idea.id % 61 + 1,
        "rising": 0.1 * (Idea.id % 31 + 1),
    }
    db.session.execute(sa.update(Idea).values(wanted))
    db.session.commit()


def portions():
    """The same numbers in every window and in one tier."""
    names = ("people", "accounts", "revenue", "unpriced", "account_weight", "deals", "deals_worth")
    among = sa.union_all(*(sa.select(sa.literal(each).label("among")) for each in PORTIONS)).subquery()
    rows = sa.select(Idea.id, among.c.among, *(getattr(Idea, name) for name in names)).join(among, sa.true())
    with filled(Portion.__table__) as connection:
        connection.execute(sa.delete(Portion))
        connection.execute(sa.insert(Portion).from_select(["idea_id", "among", *names], rows))


def test_every_order_costs_the_same_at_any_size_and_is_given_by_an_index(make, cast, as_, at_most, plans):
    boards, people = [make.board() for _ in range(3)], [cast.customer, cast.moderator]
    stranger, manager = as_(None), as_(cast.product_manager)
    grown = [
        lambda: some_ideas(boards, people, 1, 11),
        lambda: some_ideas(boards, people, 11, 1_001),
        a_hundred_times_as_many,
    ]
    for n, grow in enumerate(grown):
        grow()
        if n < 2:
            numbers()
        portions()
        for path in PUBLIC:
            with at_most(queries=3):
                assert stranger.get(path).status_code == 200
        for path in OF_STAFF:
            with at_most(queries=8):
                assert manager.get(path).status_code == 200
        for path in DESK:
            with at_most(queries=14):
                assert manager.get(path).status_code == 200
    for browser, paths in ((stranger, PUBLIC), (manager, OF_STAFF + DESK)):
        for first in paths:
            for path, found in pages_of(browser, first, plans):
                assert read_whole(found) + sorted_by_hand(found) == [], path
