"""Comments on an idea, and changing its text."""

import pytest

from portal import clock
from portal.database import db
from portal.discussion.models import Post, Revision
from tests.ideas.reading import page_of, shown


@pytest.fixture
def idea(make, cast):
    return make.idea(author=cast.customer, title="Offline mode")


def test_a_comment_by_plain_form(as_, idea, cast):
    reply = as_(cast.other_customer).post(f"/ideas/{idea.id}/comments", data={"body": "We **need** it."})
    post = db.session.query(Post).one()
    assert reply.status_code == 303
    assert reply.location == f"/ideas/{idea.id}/comments/{post.id}"
    page = as_(None).get(as_(None).get(reply.location).location)
    assert "<strong>need</strong>" in page.text
    assert "1 comment" in shown(page)


def test_htmx_gets_the_comment_and_an_empty_box(as_, idea, cast):
    fragment = as_(cast.other_customer).htmx(
        "POST", f"/ideas/{idea.id}/comments", data={"body": "We need it."}
    )
    assert fragment.status_code == 200
    assert "We need it." in fragment.text
    box = next(s for s in page_of(fragment).iter("section") if s.get("id") == "comment")
    assert box.get("hx-swap-oob") == "true"
    assert (box.find(".//textarea").text or "").strip() == ""


@pytest.mark.parametrize("body", ["", " \n\u200b", "x" * 20_001])
def test_what_cannot_be_taken_comes_back_with_the_text(as_, idea, cast, body, rows):
    for send in (
        as_(cast.customer).post,
        lambda path, data: as_(cast.customer).htmx("POST", path, data=data),
    ):
        reply = send(f"/ideas/{idea.id}/comments", data={"body": body})
        assert reply.status_code == 422
        box = next(s for s in page_of(reply).iter("section") if s.get("id") == "comment")
        assert (box.find(".//textarea").text or "").strip() == body.strip()
    assert rows(Post) == 0


def test_a_locked_idea_takes_no_comments_but_from_moderators(as_, make, cast):
    idea = make.idea(locked_at=clock.now(), locked_reason="All is said")
    refused = as_(cast.customer).post(
        f"/ideas/{idea.id}/comments", data={"body": "But there is one more thing to say"}
    )
    assert refused.status_code == 409
    assert "All is said" in refused.text
    assert "But there is one more thing to say" in refused.text
    assert as_(cast.moderator).post(f"/ideas/{idea.id}/comments", data={"body": "Closed."}).status_code == 303


def test_the_author_changes_the_text_and_the_old_one_is_kept(as_, idea, cast):
    browser = as_(cast.customer)
    form = page_of(browser.get(f"/ideas/{idea.id}/edit"))
    assert form.find(".//textarea[@name='body']").text.strip() == idea.body
    reply = browser.put(
        f"/ideas/{idea.id}", data={"title": "Offline  mode\nfor visits", "body": "In *basements*."}
    )
    assert (reply.status_code, reply.location) == (303, f"/ideas/{idea.id}-offline-mode-for-visits")
    db.session.refresh(idea)
    assert (idea.title, idea.summary) == ("Offline mode for visits", "In basements.")
    assert db.session.query(Revision).one().title == "Offline mode"
    assert "edited" in shown(as_(None).get(f"/ideas/{idea.id}"))
    assert "Offline mode" in shown(browser.get(f"/ideas/{idea.id}/history"))
    assert as_(cast.other_customer).get(f"/ideas/{idea.id}/history").status_code == 403


def test_an_edit_that_cannot_be_taken_keeps_what_was_typed(as_, idea, cast):
    reply = as_(cast.customer).put(f"/ideas/{idea.id}", data={"title": "ab", "body": "A long new text"})
    assert reply.status_code == 422
    assert "A long new text" in reply.text
    db.session.refresh(idea)
    assert idea.title == "Offline mode"


def test_others_may_not_change_it(as_, idea, cast):
    stranger, other = as_(None), as_(cast.other_customer)
    assert other.get(f"/ideas/{idea.id}/edit").status_code == 403
    assert other.put(f"/ideas/{idea.id}", data={"title": "Mine now", "body": "x"}).status_code == 403
    assert stranger.get(f"/ideas/{idea.id}/edit").status_code == 302
    assert stranger.put(f"/ideas/{idea.id}", data={"title": "Mine now", "body": "x"}).status_code == 401
