"""Keyset pages by columns of every type that lists are ordered by."""

import base64
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.database import db
from portal.errors import Unusable
from portal.ideas.models import Idea
from portal.paging import Keyset
from tests.factories import EPOCH

ORDERS = {
    "float": Keyset((Idea.hot, Idea.id)),
    "int": Keyset((Idea.score, Idea.id)),
    "datetime": Keyset((Idea.created_at, Idea.id)),
    "text, ascending": Keyset((Idea.title, Idea.id), descending=False),
}


@pytest.fixture
def ideas(make, cast):
    board = make.board()
    for n in range(11):
        values = {
            "hot": n // 2 + 0.5,
            "votes_up": n // 3,
            "created_at": EPOCH + timedelta(microseconds=n // 2),
        }
        make.idea(board=board, author=cast.customer, title=f"Idea {n // 4}", **values)


def walk(order, cursor=None, *, back=False):
    """The ids of all pages from here on, forth or back."""
    seen = []
    while True:
        page = order.page(lambda rows: db.session.scalars(rows).all(), sa.select(Idea), cursor=cursor, size=3)
        ids = [idea.id for idea in page.rows]
        seen = ids + seen if back else seen + ids
        last, cursor = cursor, page.newer if back else page.older
        if cursor is None:
            return seen, last


@pytest.mark.parametrize("name", ORDERS)
def test_pages_forth_and_back_hold_every_row_once(ideas, name):
    order = ORDERS[name]
    whole = [
        idea.id
        for idea in db.session.scalars(
            sa.select(Idea).order_by(*[c.desc() if order.descending else c.asc() for c in order.columns])
        )
    ]
    forth, last = walk(order)
    assert forth == whole
    page = order.page(lambda rows: db.session.scalars(rows).all(), sa.select(Idea), cursor=last, size=3)
    back, _ = walk(order, page.newer, back=True)
    assert back == whole[: len(back)]
    assert len(back) + len(page.rows) == len(whole)


@pytest.mark.parametrize("cursor", ["x", "W10", "WzAsMSwyLDNd", "WzIsMSwyXQ", "é", "WzAsIngiLDJd"])
@pytest.mark.parametrize("name", ORDERS)
def test_a_cursor_that_we_did_not_make_is_refused(ideas, name, cursor):
    if name == "text, ascending" and cursor == "WzAsIngiLDJd":
        cursor = "WzAsMSwyXQ"
    with pytest.raises(Unusable):
        ORDERS[name].page(lambda rows: db.session.scalars(rows).all(), sa.select(Idea), cursor=cursor)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("int", 2**31),
        ("int", -(2**62)),
        ("int", 1.5),
        ("float", float("nan")),
        ("float", float("inf")),
        ("datetime", {"t": "0001-01-01T00:00:00+23:59"}),
        ("datetime", {"t": "9999-12-31T23:59:59-23:59"}),
        ("datetime", {"t": "2026-01-01T00:00:00"}),
        ("datetime", "2026-01-01"),
    ],
)
def test_a_value_that_no_column_holds_is_refused(ideas, name, value):
    text = json.dumps([0, value, 3])
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    with pytest.raises(Unusable):
        ORDERS[name].page(lambda rows: db.session.scalars(rows).all(), sa.select(Idea), cursor=cursor)
