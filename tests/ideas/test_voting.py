"""The vote button: without script, with htmx, and when there is no vote to cast."""

import pytest

from portal import clock
from portal.database import db
from portal.voting.models import Vote
from tests.ideas.reading import page_of


def votes(idea):
    db.session.refresh(idea)
    return idea.votes_up, idea.votes_down


def test_a_plain_form_votes_and_comes_back_to_the_list_at_the_idea(as_, make, cast):
    idea = make.idea()
    came_from = {"Referer": "http://localhost/ideas/?sort=new"}
    answer = as_(cast.customer).post(f"/ideas/{idea.id}/vote", data={"_method": "put"}, headers=came_from)
    assert answer.status_code == 303
    assert answer.location == f"/ideas/?sort=new#idea-{idea.id}"
    assert votes(idea) == (1, 0)
    answer = as_(cast.customer).post(f"/ideas/{idea.id}/vote", data={"_method": "delete"})
    assert (answer.status_code, answer.location) == (
        303,
        f"/ideas/{idea.id}-{idea.title.lower().replace(' ', '-')}",
    )
    assert votes(idea) == (0, 0)


@pytest.mark.parametrize(
    "referrer",
    [
        "http://elsewhere.example/x",
        "http://localhost//elsewhere.example/x",
        "http://localhost/\\elsewhere.example",
        "junk",
    ],
)
def test_nobody_is_sent_to_another_site(as_, make, cast, referrer):
    idea = make.idea()
    answer = as_(cast.customer).put(f"/ideas/{idea.id}/vote", headers={"Referer": referrer})
    assert answer.location.startswith(f"/ideas/{idea.id}")


def test_htmx_gets_the_button_as_the_page_shows_it(as_, make, cast):
    idea = make.idea()
    browser = as_(cast.customer)
    answer = browser.htmx("PUT", f"/ideas/{idea.id}/vote")
    assert answer.status_code == 200
    fragment = page_of(answer)
    button = fragment.find(".//button")
    assert button.get("aria-pressed") == "true"
    assert button.get("hx-delete") == f"/ideas/{idea.id}/vote"
    page = page_of(browser.get("/ideas/"))
    on_page = next(b for b in page.iter("button") if b.get("id") == button.get("id"))
    assert on_page.attrib == button.attrib
    assert "".join(on_page.itertext()).split() == "".join(button.itertext()).split()
    button = page_of(browser.htmx("DELETE", f"/ideas/{idea.id}/vote")).find(".//button")
    assert button.get("aria-pressed") == "false"


def test_pressing_twice_is_one_vote(as_, make, cast, rows):
    idea = make.idea()
    for _ in range(2):
        assert as_(cast.customer).put(f"/ideas/{idea.id}/vote").status_code == 303
    assert votes(idea) == (1, 0)
    for _ in range(2):
        assert as_(cast.customer).delete(f"/ideas/{idea.id}/vote").status_code == 303
    assert (votes(idea), rows(Vote)) == ((0, 0), 0)


def test_a_board_with_votes_against_has_a_pair_of_buttons(as_, make, cast):
    idea = make.idea(board=make.board(votes_against=True))
    browser = as_(cast.customer)
    assert browser.put(f"/ideas/{idea.id}/vote", data={"value": "-1"}).status_code == 303
    assert votes(idea) == (0, 1)
    pressed = {b.get("id"): b.get("aria-pressed") for b in page_of(browser.get("/ideas/")).iter("button")}
    assert pressed[f"vote-idea-{idea.id}-down"] == "true"
    assert pressed[f"vote-idea-{idea.id}-up"] == "false"
    fragment = page_of(browser.htmx("PUT", f"/ideas/{idea.id}/vote", data={"value": "1"}))
    assert {b.get("aria-pressed") for b in fragment.iter("button")} == {"true", "false"}
    assert votes(idea) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"status": "declined"}, "is declined"), ({"locked_at": clock.now()}, "is locked")],
    ids=["declined", "locked"],
)
def test_a_vote_that_is_not_taken_is_refused_with_the_reason(as_, make, cast, fields, words):
    idea = make.idea(**fields)
    for method in ("PUT", "DELETE"):
        page = as_(cast.customer).open(f"/ideas/{idea.id}/vote", method=method)
        assert page.status_code == 409
        assert words in page.text
        fragment = as_(cast.customer).htmx(method, f"/ideas/{idea.id}/vote")
        assert fragment.status_code == 409
        assert words in fragment.text
        assert "<html" not in fragment.text
    assert (
        "<form"
        not in as_(cast.customer).get("/ideas/").text.split('class="card list"')[1].split("</article>")[0]
    )


def test_a_stranger_is_led_to_sign_in(as_, make):
    idea = make.idea()
    link = next(
        a for a in page_of(as_(None).get("/ideas/")).iter("a") if a.get("id") == f"vote-idea-{idea.id}"
    )
    assert "next=" in link.get("href")
    assert as_(None).put(f"/ideas/{idea.id}/vote").status_code == 401
    answer = as_(None).htmx("PUT", f"/ideas/{idea.id}/vote")
    assert "HX-Redirect" in answer.headers


def test_voting_takes_few_queries(as_, make, cast, at_most):
    vote = f"/ideas/{make.idea().id}/vote"
    browser = as_(cast.customer)
    with at_most(queries=16):
        browser.htmx("PUT", vote)
    with at_most(queries=16):
        browser.htmx("DELETE", vote)
