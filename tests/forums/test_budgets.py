"""What a page may cost: the same number of queries at any size, each by an index."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal.database import db
from portal.discussion.models import Post
from portal.forums.accepting import accept
from portal.forums.models import Topic
from tests.factories import EPOCH
from tests.filling import filled

LISTS = [
    "",
    "?show=unanswered",
    "?show=solved",
    "?show=discussions",
    "?category=1",
    "?sort=newest",
    "?category=1&sort=newest",
]
TEXT = {"body": "Text", "body_html": "<p>Text</p>", "cooked_with": "1"}


def some_topics(category, people, begin, end):
    """Topics number `begin` to `end`: every third unanswered, every third solved, every tenth a discussion."""
    rows = [
        TEXT
        | {
            "category_id": category.id,
            "title": f"Question {n}",
            "kind": "question" if n % 10 else "discussion",
            "author_id": people[n % len(people)].id,
            "last_author_id": people[n % len(people)].id,
            "created_at": EPOCH + timedelta(minutes=n),
            "last_activity_at": EPOCH + timedelta(minutes=n + n % 7),
            "solved_at": EPOCH + timedelta(minutes=n) if n % 3 == 0 and n % 10 else None,
            "answers": 0 if n % 3 == 1 else 2,
            "replies": 0 if n % 3 == 1 else 3,
            "hidden_at": EPOCH if n % 97 == 0 else None,
        }
        for n in range(begin, end)
    ]
    db.session.execute(sa.insert(Topic), rows)
    db.session.commit()


def a_hundred_times_as_many():
    """Each topic 99 times more, in one statement."""
    columns = [each for each in Topic.__table__.columns if each.name not in ("id", "score", "source_id")]
    copies = sa.select(Topic.id).order_by(Topic.id).limit(99).subquery()
    rows = sa.select(*columns).select_from(Topic).join(copies, sa.true())
    with filled(Topic.__table__) as connection:
        connection.execute(sa.insert(Topic).from_select([each.name for each in columns], rows))


def many_answers(topic, people, begin, end):
    rows = [
        TEXT
        | {
            "topic_id": topic.id,
            "position": n,
            "author_id": people[n % len(people)].id,
            "created_at": EPOCH + timedelta(minutes=n),
        }
        for n in range(begin, end)
    ]
    db.session.execute(sa.insert(Post), rows)
    sums = {"last_position": end - 1, "answers": end - 1, "replies": end - 1}
    db.session.execute(sa.update(Topic).where(Topic.id == topic.id).values(sums))
    db.session.commit()


@pytest.fixture
def people(cast):
    return [cast.customer, cast.other_customer, cast.moderator]


def pages_of(browser, path):
    """A list's first page and, by its link, the second."""
    first = browser.get(path)
    assert first.status_code == 200
    older = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    return [path, older]


def test_a_list_costs_the_same_at_any_size(make, cast, people, as_, at_most, plans, database_kind):
    category, stranger, customer = make.category(), as_(None), as_(cast.customer)
    growing = [
        lambda: some_topics(category, people, 1, 10),
        lambda: some_topics(category, people, 10, 1_000),
        a_hundred_times_as_many,
    ]
    for grow in growing:
        grow()
        for query in LISTS:
            with at_most(queries=2) as seen:
                assert stranger.get(f"/questions/{query}").status_code == 200
            assert not any("post" in statement for statement in seen)
            with at_most(queries=3):
                assert customer.get(f"/questions/{query}").status_code == 200
    if database_kind == "sqlite":
        for query in LISTS:
            for path in pages_of(customer, f"/questions/{query}"):
                assert unindexed(plans(lambda path=path: customer.get(path))) == []


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_a_topic_costs_the_same_wherever_one_reads(make, cast, people, as_, at_most, who):
    topic = make.topic(author=cast.customer)
    browser = as_(cast[who])
    costs = set()
    for begin, end in [(1, 11), (11, 5_001)]:
        many_answers(topic, people, begin, end)
        accept(db.session.query(Post).filter_by(position=3).one(), by=cast.customer)
        db.session.commit()
        for place in ("", f"?to={end - 1}", f"?from={end // 2}"):
            with at_most(queries=8) as seen:
                assert browser.get(f"/questions/{topic.id}{place}").status_code == 200
            costs.add(len(seen))
    assert len(costs) == 1


@pytest.fixture
def plans(app):
    """`plans(lambda: browser.get(…))` gives SQLite's plan of each statement that the call sends."""

    def explain(call):
        sent = []

        def note(_connection, _cursor, statement, parameters, *_):
            sent.append((statement, parameters))

        event.listen(db.engine, "before_cursor_execute", note)
        call()
        event.remove(db.engine, "before_cursor_execute", note)
        with db.engine.connect() as connection:
            return {
                statement: [
                    row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                ]
                for statement, values in sent
                if statement.startswith(("SELECT", "WITH"))
            }

    return explain


def unindexed(plans):
    """The steps that read a whole growing table, or sort what an index should have given in order."""
    growing = ("SCAN topic", "SCAN post", "SCAN vote", "SCAN link", "SCAN person")
    return [
        (step, statement)
        for statement, steps in plans.items()
        for step in steps
        if (step.startswith(growing) and "USING" not in step)
        or ("FOR ORDER BY" in step and "topic.last" in statement)
    ]


@pytest.mark.only_on("sqlite")
def test_a_topic_goes_by_indexes(make, cast, people, as_, plans):
    topic = make.topic(author=cast.customer)
    many_answers(topic, people, 1, 5_001)
    for place in ("", "?to=5000"):
        found = plans(lambda place=place: as_(cast.customer).get(f"/questions/{topic.id}{place}"))
        assert unindexed(found) == []
