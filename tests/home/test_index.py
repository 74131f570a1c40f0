"""The first screen: what others want, what was answered, what came of it."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import db
from portal.forums.models import Acceptance
from portal.home import queries
from portal.home.counting import Remembered
from portal.ideas.models import Idea
from portal.search.indexing import rebuild
from portal.voting import casting
from tests.ideas.reading import cards, page_of, shown


def solve(topic, answer, at):
    topic.solved_at = at
    db.session.add(Acceptance(topic_id=topic.id, post_id=answer.id, at=at))
    db.session.commit()


@pytest.fixture
def community(make, cast):
    """Rising ideas, a solved question, one that waits, and something that was shipped."""
    for n in range(6):
        idea = make.idea(title=f"Idea {n}", author=cast.customer)
        for _ in range(n):
            casting.cast(idea, by=make.person())
    shipped = make.idea(title="Bulk edit of tags", target="version 8.4")
    for person in (cast.customer, cast.other_customer):
        casting.cast(shipped, by=person)
    shipped.status, shipped.status_at = "shipped", clock.now()
    solved = make.topic(title="Can two sites share a price list?")
    answer = make.reply(solved, author=cast.other_customer, votes_up=14)
    solve(solved, answer, clock.now() - timedelta(days=2))
    make.topic(title="Webhook fires twice")
    db.session.commit()


def test_it_shows_what_rises_what_was_answered_and_what_came_of_it(as_, community):
    page = as_(None).get("/")
    assert cards(page) == ["Idea 5", "Idea 4", "Idea 3", "Bulk edit of tags"]
    words = shown(page)
    assert "Answered this week" in words
    assert (
        "Can two sites share a price list? Answered by Tomas Lind, Harbor Foods · 14 found it useful" in words
    )
    assert "Webhook fires twice" in words
    assert "still waiting for an answer: can you help?" in words
    assert "Bulk edit of tags, wanted by 2 people in 2 companies, is in version 8.4." in words
    assert page.headers["ETag"]
    assert "Set-Cookie" not in page.headers


def test_own_votes_are_marked(as_, community, cast):
    best = db.session.query(Idea).filter_by(title="Idea 5").one()
    as_(cast.customer).put(f"/ideas/{best.id}/vote")
    pressed = [
        b for b in page_of(as_(cast.customer).get("/")).iter("button") if b.get("aria-pressed") == "true"
    ]
    assert len(pressed) == 1


@pytest.mark.parametrize(
    ("who", "allowed"), [("stranger", 6), ("customer", 8), ("moderator", 8), ("admin", 8)]
)
def test_it_takes_few_queries(as_, community, cast, at_most, who, allowed):
    browser = as_(cast[who])
    with at_most(queries=allowed):
        assert browser.get("/").status_code == 200


def test_only_customers_who_confirmed_are_counted(cast, make):
    there = queries.participants()
    make.person(confirmed_at=None)
    make.person(role="moderator")
    make.person()
    db.session.commit()
    assert queries.participants() == there + 1


def test_an_empty_community_says_what_to_do(as_, app):
    words = shown(as_(None).get("/"))
    assert "Be the first" in words
    assert "Ask the first one" in words
    assert "Shipped because you asked" not in words


def test_hidden_things_do_not_appear(as_, make, cast):
    hidden = {"hidden_at": clock.now(), "author": cast.customer}
    make.idea(title="Cheap watches", **hidden)
    make.idea(title="Cheap bags", status="shipped", status_at=clock.now(), **hidden)
    solved = make.topic(title="Cheap shoes", **hidden)
    solve(solved, make.reply(solved), clock.now())
    make.topic(title="Cheap hats", **hidden)
    assert "Cheap" not in as_(None).get("/").text
    assert "Cheap" not in as_(cast.other_customer).get("/").text


def test_old_answers_are_not_called_this_week(as_, make):
    solved = make.topic()
    solve(solved, make.reply(solved, author=None, ghost_name="Ivan"), clock.now() - timedelta(days=8))
    words = shown(as_(None).get("/"))
    assert "Answered lately" in words
    assert "Answered by Ivan" in words


def test_the_number_of_people_is_counted_once_in_a_while():
    counted = iter([3, 8])
    people, now = Remembered(lambda: next(counted)), clock.now()
    for minutes, expected in ((0, 3), (4, 3), (6, 8), (7, 8)):
        with clock.at(now + timedelta(minutes=minutes)):
            assert people() == expected


def test_the_fork_leads_on_with_what_was_typed(as_, app):
    page = as_(None).get("/share?title=  Offline%20mode &x=1")
    assert "“Offline mode”" in shown(page)
    links = [a.get("href") for a in page_of(page).find(".//main").iter("a")]
    assert links == ["/ideas/new?title=Offline+mode", "/questions/new?title=Offline+mode"]
    assert "x" * 201 not in as_(None).get("/share?title=" + "x" * 5000).text
    assert "<script>" not in as_(None).get("/share?title=<script>alert(1)</script>").text.split("<main")[1]


def test_title_and_canonical_link(as_, app):
    page = page_of(as_(None).get("/"))
    assert page.find(".//title").text == "Test Community: ideas and answers"
    assert page.find(".//link[@rel='canonical']").get("href") == "http://localhost/"


def test_the_fork_shows_what_others_said_already(app, as_, make):
    make.idea(title="Offline mode for field visits")
    make.topic(title="Does the app work offline?")
    make.idea(title="Offline watches", hidden_at=clock.now())
    list(rebuild(app.extensions["search"]))
    db.session.rollback()
    words = shown(as_(None).get("/share?title=offline+mode"))
    assert "Is it one of these?" in words
    assert "Offline mode for field visits" in words
    assert "watches" not in words
    assert "Is it one of these?" not in shown(as_(None).get("/share?title=zebra"))
