"""The queue of moderators."""

import pytest

from portal.moderation import flagging
from portal.moderation.models import Flag, ModerationAct


@pytest.fixture
def flagged(make, cast):
    """An idea, a topic and two posts, each flagged by two people."""
    idea, topic = make.idea(author=cast.customer), make.topic(author=cast.customer)
    things = [idea, topic, make.comment(idea, author=cast.customer), make.reply(topic, author=cast.customer)]
    for thing in things:
        for person in (cast.other_customer, cast.product_manager):
            flagging.flag(thing, by=person, reason="spam", note=f"note of {person.name}")
    return things


def test_everything_that_waits_is_there_with_its_notes(as_, cast, flagged):
    page = as_(cast.moderator).get("/moderation/queue").text
    assert page.count('class="card case"') == 4
    assert page.count("note of") == 8


def test_keeping_closes_the_flags(as_, cast, flagged, rows):
    browser = as_(cast.moderator)
    answer = browser.post(
        f"/moderation/idea/{flagged[0].id}/flags", data={"_method": "DELETE", "from": "queue"}
    )
    assert answer.location.endswith("/moderation/queue")
    assert rows(Flag, outcome="rejected") == 2
    assert rows(ModerationAct, act="keep") == 1
    assert not flagged[0].is_hidden


def test_hiding_upholds_the_flags_and_says_why(as_, cast, flagged, rows):
    answer = as_(cast.moderator).htmx(
        "PUT", f"/moderation/idea/{flagged[0].id}/hiding", data={"reason": "Advertising"}
    )
    assert answer.status_code == 200
    assert "Hidden" in answer.text
    assert f'id="case-idea-{flagged[0].id}"' in answer.text
    assert rows(Flag, outcome="upheld") == 2
    assert flagged[0].hidden_reason == "Advertising"


def test_an_empty_queue_says_so(as_, cast):
    assert "Nothing waits" in as_(cast.moderator).get("/moderation/queue").text


def test_the_queue_is_paged_longest_waiting_first(as_, cast, make):
    for _ in range(25):
        flagging.flag(make.idea(author=cast.customer), by=cast.other_customer, reason="rude")
    first = as_(cast.moderator).get("/moderation/queue").text
    assert first.count('class="card case"') == 20
    after = first.split("after=")[1].split('"')[0]
    assert as_(cast.moderator).get(f"/moderation/queue?after={after}").text.count('class="card case"') == 5


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_queries_does_not_grow(as_, at_most, cast, make, count):
    for _ in range(count):
        idea = make.idea(author=cast.customer)
        flagging.flag(make.comment(idea, author=cast.customer), by=cast.other_customer, reason="rude")
    browser = as_(cast.moderator)
    with at_most(queries=8):
        browser.get("/moderation/queue")
