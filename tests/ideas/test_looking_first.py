"""Before an idea is posted: what says the same is shown, voted for in place, and posting anyway is one more press."""

import pytest

from portal.database import db
from portal.discussion.drafts.models import Draft
from portal.ideas.models import Idea
from portal.search.indexing import rebuild


@pytest.fixture
def typed(make, app, cast):
    idea = make.idea(
        title="Offline mode for field visits", board=make.board(name="Mobile"), author=cast.customer
    )
    list(rebuild(app.extensions["search"]))
    return {
        "board": str(idea.board_id),
        "title": "Offline mode on visits",
        "body": "No signal.",
        "key": "k" * 24,
    }


def test_a_likely_duplicate_is_shown_before_posting(as_, cast, typed, rows):
    browser = as_(cast.other_customer)
    answer = browser.post("/ideas/", data=typed)
    draft = db.session.query(Draft).one()
    assert answer.location == f"/ideas/similar/{draft.id}"
    page = browser.get(answer.location).text
    assert "Offline mode for field visits" in page
    assert "No signal." in page
    assert rows(Idea) == 1
    kept = {name: texts[0] for name, texts in draft.fields.items()} | {"key": draft.key, "anyway": "1"}
    assert browser.post("/ideas/", data=kept).location.startswith("/ideas/2-offline-mode")
    assert "Offline mode on visits" not in browser.get("/drafts/").text


def test_what_was_seen_while_typing_is_not_shown_again(as_, cast, typed, rows):
    as_(cast.other_customer).post("/ideas/", data=typed | {"seen": "topic:3 idea:1"})
    assert rows(Idea) == 2


def test_looking_is_offered_before_the_text_is_whole(as_, cast, typed):
    browser = as_(cast.other_customer)
    answer = browser.post("/ideas/", data=typed | {"body": "", "look": "1"})
    assert "/ideas/similar/" in answer.location
    empty = browser.post("/ideas/", data={"title": "", "body": "", "look": "1"})
    assert empty.status_code == 422


def test_another_idea_is_posted_at_once(as_, cast, typed, rows):
    as_(cast.other_customer).post("/ideas/", data=typed | {"title": "Dark theme for wall screens"})
    assert rows(Idea) == 2
