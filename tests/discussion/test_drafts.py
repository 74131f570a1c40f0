"""Drafts: nothing typed is lost, whatever happens to tab, session or connection."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import PersonChanged
from portal.database import db
from portal.discussion.drafts import saving
from portal.discussion.drafts.models import Draft
from portal.ideas.models import Idea
from tests.cast import sign_in

KEY = "k" * 24
TYPED = {"key": KEY, "version": "0", "title": "Offline mode", "body": "No signal\nin basements", "board": "1"}


def drafts():
    db.session.rollback()
    return db.session.query(Draft).filter(Draft.used_at.is_(None)).order_by(Draft.id).all()


def said(draft):
    return draft.said("title"), draft.said("body")


def test_what_is_typed_is_saved_and_comes_back_after_a_new_sign_in(as_, cast, make):
    make.board()
    answer = as_(cast.customer).put("/drafts/ideas", data=TYPED)
    (draft,) = drafts()
    assert (answer.status_code, answer.location) == (303, f"/ideas/new?draft={draft.id}")
    page = as_(cast.customer).get(answer.location).text
    assert 'value="Offline mode"' in page
    assert "in basements</textarea>" in page
    assert f'name="key" value="{KEY}"' in page
    assert "Offline mode" in as_(cast.customer).get("/drafts/").text
    assert "Offline mode" not in as_(cast.other_customer).get("/drafts/").text
    assert as_(cast.admin).get(answer.location).status_code == 404


def test_a_script_saves_and_learns_the_version(as_, cast, make):
    browser = as_(cast.customer)
    assert (
        "Draft saved"
        not in browser.htmx("PUT", "/drafts/ideas", data=TYPED | {"title": " ", "body": ""}).text
    )
    assert drafts() == []
    for version, body in enumerate(["one", "two", "two", "three"]):
        page = browser.htmx(
            "PUT", "/drafts/ideas", data=TYPED | {"version": min(version, 2), "body": body}
        ).text
    assert "Draft saved" in page
    assert re.search(r'name="version" value="(\d+)"', page)[1] == "3"
    assert [said(each) for each in drafts()] == [("Offline mode", "three")]


def test_two_tabs_of_one_draft_lose_neither_text(as_, cast):
    browser = as_(cast.customer)
    browser.put("/drafts/ideas", data=TYPED)
    browser.htmx("PUT", "/drafts/ideas", data=TYPED | {"version": "1", "body": "First tab"})
    page = browser.htmx("PUT", "/drafts/ideas", data=TYPED | {"version": "1", "body": "Second tab"}).text
    assert "changed in another tab" in page
    assert "<del>First</del><ins>Second</ins>" in page
    assert [each.said("body") for each in drafts()] == ["First tab", "Second tab"]
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    again = TYPED | {"key": key, "version": "1", "body": "Second tab, more"}
    assert "another tab" not in browser.htmx("PUT", "/drafts/ideas", data=again).text
    assert [each.said("body") for each in drafts()] == ["First tab", "Second tab, more"]


def test_posting_removes_the_draft_and_a_late_save_makes_none(as_, cast, make, rows):
    board, browser = make.board(), as_(cast.customer)
    sent = TYPED | {"board": str(board.id)}
    browser.put("/drafts/ideas", data=sent)
    for _ in range(2):
        assert browser.post("/ideas/", data=sent).status_code == 303
    browser.htmx("PUT", "/drafts/ideas", data=sent | {"version": "1", "body": "late"})
    assert drafts() == []
    assert rows(Idea) == 1
    with clock.at(clock.now() + timedelta(days=2)):
        assert saving.sweep() == 1


def test_a_draft_is_discarded_by_its_writer_alone(as_, cast, make):
    draft = make.draft(cast.customer)
    assert as_(cast.other_customer).delete(f"/drafts/{draft.id}").status_code == 404
    assert as_(cast.customer).delete(f"/drafts/{draft.id}").status_code == 303
    assert drafts() == []


def test_there_is_a_limit_and_the_refusal_keeps_the_text(as_, cast, make):
    for _ in range(saving.MOST):
        make.draft(cast.customer)
    answer = as_(cast.customer).put("/drafts/ideas", data=TYPED)
    assert answer.status_code == 409
    assert "You have 20 drafts" in answer.text
    assert "in basements" in answer.text
    assert len(drafts()) == saving.MOST


@pytest.mark.parametrize("odd", [{"key": "x"}, {"key": "<" * 30}, {"version": "-1"}, {"version": "9" * 40}])
def test_odd_keys_and_versions_still_save(as_, cast, odd):
    assert as_(cast.customer).put("/drafts/ideas", data=TYPED | odd).status_code == 303
    assert len(drafts()) == 1


def test_too_much_text_is_refused_with_a_sentence(as_, cast):
    answer = as_(cast.customer).put("/drafts/ideas", data=TYPED | {"body": "x" * 61_000})
    assert answer.status_code == 400
    assert "too long to be kept as a draft" in answer.text
    assert as_(cast.customer).put("/drafts/poem", data=TYPED).status_code == 404


@pytest.mark.parametrize("act", ["post", "save", "script"])
def test_what_was_typed_when_the_session_ended_comes_back_after_signing_in(app, cast, make, act):
    board, browser = make.board(), app.test_client()
    sent = TYPED | {"board": str(board.id)}
    if act == "post":
        answer = browser.post("/ideas/", data=sent)
    elif act == "save":
        answer = browser.put("/drafts/ideas", data=sent)
    else:
        answer = browser.htmx("PUT", "/drafts/ideas", data=sent)
        assert "What you typed is kept" in answer.text
        browser.htmx("PUT", "/drafts/ideas", data=sent)
    assert answer.status_code == 401
    assert "next=/drafts/kept" in answer.text.replace("%2F", "/")
    assert [each.person_id for each in drafts()] == [None]
    sign_in(browser, db.session.get_one(Person, cast.customer.id))
    answer = browser.get("/drafts/kept")
    (draft,) = drafts()
    assert (draft.person_id, answer.location) == (cast.customer.id, f"/ideas/new?draft={draft.id}")
    assert "in basements" in browser.get(answer.location).text
    assert app.test_client().get("/drafts/kept").status_code == 302


def test_what_strangers_leave_is_bounded_and_forgotten(app, monkeypatch):
    monkeypatch.setattr(saving, "KEPT_FOR_STRANGERS", 3)
    for number in range(6):
        app.test_client().post("/ideas/", data=TYPED | {"title": f"Title {number}"})
    assert len(drafts()) <= 4
    with clock.at(clock.now() + timedelta(days=2)):
        saving.sweep()
        db.session.commit()
    assert drafts() == []


def test_an_erased_person_leaves_no_drafts(cast, make):
    make.draft(cast.customer)
    cast.customer.erased_at = clock.now()
    journal.record(PersonChanged(actor_id=None, person_id=cast.customer.id, fields=["erased_at"]))
    db.session.commit()
    assert drafts() == []


def test_a_question_has_drafts_too(as_, cast, make):
    category, browser = make.category(), as_(cast.customer)
    sent = TYPED | {"category": str(category.id), "kind": "discussion", "title": "How do I work offline?"}
    answer = browser.put("/drafts/questions", data=sent)
    (draft,) = drafts()
    assert answer.location == f"/questions/new?draft={draft.id}"
    page = browser.get(answer.location).text
    assert 'value="How do I work offline?"' in page
    assert f'name="key" value="{KEY}"' in page
    assert browser.post("/questions/", data=sent | {"title": ""}).status_code == 422
    assert browser.post("/questions/", data=sent).status_code == 303
    assert drafts() == []
