"""What a page may cost, a roadmap too: the same number of queries at 10, 1,000 and 100,000 ideas, each by an index."""

import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal.database import db
from portal.discussion.models import Post
from portal.ideas import deciding
from portal.ideas.models import Board, Idea, Status
from portal.ideas.roadmap.queries import COUNTED
from portal.voting.models import Vote
from tests.factories import EPOCH
from tests.filling import filled

TEXT = {"body": "Text", "body_html": "<p>Text</p>", "cooked_with": "1", "summary": "Text"}
ORDERS = ("", "sort=top", "sort=new")
NARROWED = ("", "board=1", "status=planned", "board=1&status=open")
LISTS = ["?" + "&".join(filter(None, [narrowed, order])) for narrowed in NARROWED for order in ORDERS]
OWN = ["?mine=written", "?mine=voted", "?mine=voted&sort=top&status=open", "?text=idea+7"]


def some_ideas(boards, people, begin, end):
    """Ideas number `begin` to `end` on these boards, in every status, some of them hidden."""
    statuses = list(Status)
    rows = [
        TEXT
        | {
            "board_id": boards[n % len(boards)].id,
            "title": f"Idea {n}",
            "status": statuses[n % len(statuses)],
            "status_at": EPOCH + timedelta(minutes=n),
            "author_id": people[n % len(people)].id,
            "created_at": EPOCH + timedelta(minutes=n),
            "hot": float(n % 500),
            "votes_up": n % 300,
            "hidden_at": EPOCH if n % 97 == 0 else None,
        }
        for n in range(begin, end)
    ]
    db.session.execute(sa.insert(Idea), rows)
    db.session.commit()


def a_hundred_times_as_many():
    """Each idea 99 times more, by nobody."""
    kept = {"id", "score", "source_id", "form_key", "hot", "author_id"}
    columns = [each for each in Idea.__table__.columns if each.name not in kept]
    copies = sa.select(Idea.id).order_by(Idea.id).limit(99).subquery()
    rows = sa.select(*columns, Idea.hot + copies.c.id * 0.01).select_from(Idea).join(copies, sa.true())
    with filled(Idea.__table__) as connection:
        connection.execute(sa.insert(Idea).from_select([*(each.name for each in columns), "hot"], rows))


@pytest.fixture
def plans(app):
    """`plans(lambda: browser.get(…))` gives the database's plan of each statement that the call sends."""

    def explain(call):
        sent = []

        def note(_connection, _cursor, statement, parameters, *_):
            sent.append((statement, parameters))

        event.listen(db.engine, "before_cursor_execute", note)
        assert call().status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        word = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
        with db.engine.connect() as connection:
            return {
                statement: [row[-1] for row in connection.exec_driver_sql(f"{word} {statement}", values)]
                for statement, values in sent
                if statement.startswith("SELECT")
            }

    return explain


# PostgreSQL reads a small table whole, and rightly so: only the ideas are many here.
WHOLE = re.compile(r"SCAN (idea|vote|post)(?! USING)|Seq Scan on idea\b")
SORT = re.compile(r"FOR ORDER BY|\bSort\b")


def read_whole(plans):
    """The steps that read the whole table of ideas, votes or posts."""
    return [line for lines in plans.values() for line in lines if WHOLE.search(line)]


def sorted_by_hand(plans):
    """The steps that sort the ideas of a list, which an index should give in order."""
    lists = [lines for statement, lines in plans.items() if "FROM idea" in statement and "LIMIT" in statement]
    return [line for lines in lists for line in lines if SORT.search(line)]


def pages_of(browser, first, plans):
    """A list's first page, and by its link the second: (address, plans of its statements)."""
    answers = []
    yield first, plans(lambda: answers.append(browser.get(first)) or answers[0])
    following = re.search(r'rel="next" href="([^"]+)"', answers[0].text)
    if following:
        second = unescape(following[1])
        yield second, plans(lambda: browser.get(second))


def roadmaps_cost_the_same(browsers, at_most):
    for path in ("/roadmap/", "/roadmap/2", "/roadmap/?board=1", "/roadmap/1/columns/planned"):
        for browser, allowed in browsers.items():
            with at_most(queries=allowed):
                page = browser.get(path)
            assert page.status_code == 200


def test_lists_home_and_roadmaps_cost_the_same_at_any_size(make, cast, as_, at_most, plans):
    boards = [make.board(votes_against=n == 1) for n in range(3)]
    make.roadmap(statuses=("under_review", "planned", "started", "shipped"))
    make.roadmap(arrangement="quarter", statuses=("planned", "started"))
    people = [cast.customer, cast.other_customer, cast.moderator]
    stranger, customer, manager = as_(None), as_(cast.customer), as_(cast.product_manager)
    grown = [
        lambda: some_ideas(boards, people, 1, 11),
        lambda: some_ideas(boards, people, 11, 1_001),
        a_hundred_times_as_many,
    ]
    for grow in grown:
        grow()
        for query in LISTS:
            with at_most(queries=3):
                assert stranger.get(f"/ideas/{query}").status_code == 200
        for query in LISTS + OWN:
            with at_most(queries=7 if "text=" in query else 6):
                assert customer.get(f"/ideas/{query}").status_code == 200
        with at_most(queries=6):
            stranger.get("/")
        with at_most(queries=8):
            customer.get("/")
        roadmaps_cost_the_same({stranger: 8, customer: 10, manager: 13}, at_most)
    assert f"over {COUNTED:,}" in stranger.get("/roadmap/").text
    some_votes(cast.customer)
    for query in LISTS:
        for _, found in pages_of(customer, f"/ideas/{query}", plans):
            assert read_whole(found) + sorted_by_hand(found) == []
    db.session.execute(sa.update(Board).values(explores=True))
    db.session.commit()
    path = f"/ideas/?board={boards[0].id}"
    with at_most(queries=4):
        stranger.get(path)
    with at_most(queries=7):
        customer.get(path)
    assert read_whole(plans(lambda: customer.get(path))) == []
    for query in OWN[:3]:
        assert read_whole(plans(lambda query=query: customer.get(f"/ideas/{query}"))) == []
    found = plans(lambda: stranger.get("/"))
    assert read_whole(found) + sorted_by_hand(found) == []
    assert read_whole(plans(lambda: manager.get("/ideas/500"))) == []


def some_votes(person):
    ids = db.session.scalars(sa.select(Idea.id).where(Idea.id % 1_000 == 0)).all()
    votes = [{"person_id": person.id, "idea_id": key, "value": 1, "cast_at": EPOCH} for key in ids]
    db.session.execute(sa.insert(Vote), votes)
    db.session.commit()


@pytest.mark.parametrize("who", ["stranger", "customer", "product_manager"])
def test_an_idea_costs_the_same_however_long_the_discussion_is(make, cast, as_, at_most, who):
    idea = make.idea(author=cast.customer)
    deciding.answer(idea, by=cast.product_manager, body="We build it.", status=Status.PLANNED)
    db.session.commit()
    browser, costs = as_(cast[who]), set()
    for begin, end in [(1, 11), (11, 3_001)]:
        rows = [
            {"body": "x", "body_html": "<p>x</p>", "cooked_with": "1", "created_at": EPOCH, "idea_id": idea.id,
             "position": n, "author_id": cast.other_customer.id}
            for n in range(begin, end)
        ]  # fmt: skip
        db.session.execute(sa.insert(Post), rows)
        sums = {"last_position": end - 1, "comments": end - 1}
        db.session.execute(sa.update(Idea).where(Idea.id == idea.id).values(sums))
        for place in ("", f"?to={end - 1}", f"?from={end // 2}"):
            path = f"/ideas/{idea.id}{place}"
            with at_most(queries=11) as seen:
                assert browser.get(path).status_code == 200
            costs.add(len(seen))
    assert len(costs) == 1
