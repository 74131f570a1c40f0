"""Asking and discussing: the form, the topic, the text sent twice."""

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict
from portal.forums.models import Topic
from portal.forums.starting import start


@pytest.fixture
def category(make):
    return make.category(name="Reports")


def asked(category, **changes):
    return {
        "title": "Report shows old totals",
        "body": "Since the **update**.",
        "category": str(category.id),
        "kind": "question",
    } | changes


def test_a_question_is_asked_and_shown(as_, cast, category):
    browser = as_(cast.customer)
    answer = browser.post("/questions/", data=asked(category))
    assert answer.status_code == 303
    topic = db.session.query(Topic).one()
    assert answer.location == f"/questions/{topic.id}-report-shows-old-totals"
    page = browser.get(answer.location).text
    assert '<h1 dir="auto">Report shows old totals</h1>' in page
    assert "<strong>update</strong>" in page
    assert "Northwind Utilities" in page


def test_it_is_journaled_and_begins_without_replies(cast, category):
    topic = start(category=category, by=cast.customer, title=" A ", body="B", kind="discussion")
    assert (topic.title, topic.kind, topic.replies, topic.last_author_id) == ("A", "discussion", 0, None)
    assert topic.last_activity_at == topic.created_at
    entry = db.session.query(Entry).one()
    assert (entry.kind, entry.actor_id, entry.data) == (
        "topic_started",
        cast.customer.id,
        {"topic_id": topic.id},
    )


def test_the_same_question_sent_twice_is_one(as_, cast, category, rows):
    browser = as_(cast.customer)
    first, second = (browser.post("/questions/", data=asked(category)) for _ in range(2))
    assert first.location == second.location
    assert rows(Topic) == rows(Entry, kind="topic_started") == 1


def test_the_same_question_by_somebody_else_is_another(as_, cast, category, rows):
    for person in (cast.customer, cast.other_customer):
        as_(person).post("/questions/", data=asked(category))
    assert rows(Topic) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "Please write a title."),
        ({"title": "ab"}, "A title needs at least 3 characters."),
        ({"title": "a" * 201}, "This title is 1 characters too long; 200 fit."),
        ({"title": "\u200b\u2060 \u00ad"}, "Please write a title."),
        ({"body": " \n "}, "Please write a text."),
        ({"body": "b" * 20_001}, "This text is 1 characters too long; 20,000 fit."),
        ({"category": "999"}, "Please choose one from the list."),
        ({"category": "x"}, "Please choose one from the list."),
        ({"kind": "poll"}, "Not a valid choice."),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_text(as_, cast, category, change, sentence, rows):
    answer = as_(cast.customer).post("/questions/", data=asked(category) | change)
    assert (answer.status_code, rows(Topic)) == (422, 0)
    assert sentence in answer.text
    kept = {"title": "Report shows old totals", "body": "Since the **update**."} | change
    assert kept["title"].strip() in answer.text
    assert kept["body"].strip()[:100] in answer.text


def test_an_archived_category_is_not_offered(as_, cast, make, category):
    closed = make.category(name="Old product", archived_at=clock.now())
    browser = as_(cast.customer)
    assert "Old product" not in browser.get("/questions/new").text
    assert browser.post("/questions/", data=asked(closed)).status_code == 422
    with pytest.raises(Conflict):
        start(category=closed, by=cast.customer, title="Still?", body="…")


def test_the_form_takes_what_a_link_brings(as_, cast, category):
    page = as_(cast.customer).get(f"/questions/new?title=Why+<b>&category={category.id}").text
    assert 'value="Why &lt;b&gt;"' in page
    assert f'selected value="{category.id}"' in page
    assert 'checked form="writing" id="kind-0"' in page


def test_a_stranger_is_asked_to_sign_in_and_keeps_the_text(as_, category):
    answer = as_(None).post("/questions/", data=asked(category))
    assert answer.status_code == 401
    assert "Since the **update**." in answer.text
    answer = as_(None).get("/questions/new?title=Why")
    assert (answer.status_code, answer.location) == (302, "/login?next=/questions/new?title%3DWhy")


def test_strange_titles_survive(as_, cast, category):
    title = "<kbd>⌘</kbd> & “quotes” \u202egnp.exe"
    browser = as_(cast.customer)
    page = browser.get(browser.post("/questions/", data=asked(category, title=title)).location).text
    assert "&lt;kbd&gt;⌘&lt;/kbd&gt; &amp; “quotes”" in page
    assert "<kbd>⌘" not in page
