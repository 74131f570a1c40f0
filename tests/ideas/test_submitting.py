"""A new idea: the form, the act, and what happens when it is sent twice."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict
from portal.ideas.models import Idea
from portal.ideas.submitting import submit
from portal.voting.models import Vote
from tests.ideas.reading import page_of


@pytest.fixture
def board(make):
    return make.board(name="Mobile")


@pytest.fixture
def typed(board):
    return {"board": str(board.id), "title": "Offline mode", "body": "There is **no** signal in basements."}


def the_idea():
    return db.session.query(Idea).one()


def test_posting_an_idea(as_, cast, typed, rows):
    answer = as_(cast.customer).post("/ideas/", data=typed)
    idea = the_idea()
    assert (answer.status_code, answer.location) == (303, f"/ideas/{idea.id}-offline-mode")
    assert (idea.title, idea.status, idea.author_id) == ("Offline mode", "open", cast.customer.id)
    assert "<strong>no</strong>" in idea.body_html
    assert idea.summary == "There is no signal in basements."
    assert (idea.votes_up, rows(Vote, person_id=cast.customer.id)) == (1, 1)
    assert [e.kind for e in db.session.query(Entry).order_by(Entry.id)] == ["idea_submitted", "vote_cast"]


def test_the_form_knows_what_was_begun_elsewhere(as_, cast, board, make):
    other = make.board(name="Reports")
    page = page_of(as_(cast.customer).get(f"/ideas/new?title=Dark+theme&board={other.id}"))
    fields = {f.get("name"): f for f in page.iter() if f.tag in {"input", "textarea", "select"}}
    assert fields["title"].get("value") == "Dark theme"
    chosen = [o.text for o in fields["board"].iter("option") if o.get("selected") is not None]
    assert chosen == ["Reports"]
    assert len(fields["key"].get("value")) >= 16


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "Please write a title."),
        ({"title": "ab"}, "at least 3 characters"),
        ({"title": "\u200b \u2060 \u200b"}, "Please write a title."),
        ({"title": "x" * 201}, "1 characters too long"),
        ({"body": "  \n "}, "Please write a text."),
        ({"body": "y" * 10_001}, "1 characters too long"),
        ({"board": "4711"}, "Choose one of the boards."),
        ({"board": "x' OR 1=1"}, "Choose one of the boards."),
        ({"board": ""}, "Choose one of the boards."),
    ],
    ids=lambda v: str(v)[:30],
)
def test_what_cannot_be_taken_comes_back_with_the_text(as_, cast, typed, rows, change, words):
    sent = typed | change
    answer = as_(cast.customer).post("/ideas/", data=sent)
    assert answer.status_code == 422
    assert words in answer.text
    page = page_of(answer)
    assert (page.find(".//textarea[@name='body']").text or "").strip() == sent["body"].strip()
    assert rows(Idea) == 0


def test_a_form_without_fields_is_refused(as_, cast, board):
    assert as_(cast.customer).post("/ideas/").status_code == 422


def test_an_archived_board_takes_no_ideas(as_, cast, make, typed):
    archived = make.board(name="Old", archived_at=clock.now())
    assert as_(cast.customer).post("/ideas/", data=typed | {"board": str(archived.id)}).status_code == 422
    with pytest.raises(Conflict, match="Old is archived"):
        submit(board=archived, by=cast.customer, title="A title", body="Text")
    assert "Old" not in as_(cast.customer).get("/ideas/new").text


def test_without_any_board_the_form_says_so(as_, cast):
    assert "no board for ideas yet" in as_(cast.customer).get("/ideas/new").text


def test_the_same_form_sent_twice_is_one_idea(as_, cast, typed, rows):
    sent = typed | {"key": "k" * 24}
    first, second = (as_(cast.customer).post("/ideas/", data=sent) for _ in range(2))
    assert first.location == second.location
    assert (rows(Idea), rows(Vote)) == (1, 1)


def test_the_same_words_soon_after_are_one_idea_and_later_two(cast, board, rows):
    words = {"title": "Offline mode", "body": "No signal"}
    first = submit(board=board, by=cast.customer, **words)
    assert submit(board=board, by=cast.customer, **words) is first
    assert submit(board=board, by=cast.other_customer, **words) is not first
    with clock.at(clock.now() + timedelta(hours=1)):
        assert submit(board=board, by=cast.customer, **words) is not first
    assert rows(Idea) == 3


def test_other_words_from_the_same_form_are_another_idea(as_, cast, typed, rows):
    sent = typed | {"key": "k" * 24}
    as_(cast.customer).post("/ideas/", data=sent)
    as_(cast.customer).post("/ideas/", data=sent | {"title": "Something else"})
    as_(cast.other_customer).post("/ideas/", data=sent)
    assert rows(Idea) == 3


def test_an_idea_keeps_one_line_of_title_and_only_what_can_be_stored(as_, cast, typed):
    as_(cast.customer).post("/ideas/", data=typed | {"title": " Off\nline\t mode ", "body": "a\x00b\r\nc"})
    assert the_idea().title == "Off line mode"
    assert the_idea().body == "a\ufffdb\nc"


def test_hostile_text_is_harmless(as_, cast, typed):
    script = "<script>alert(1)</script>[x](javascript:alert(1))<img src=x onerror=alert(1)>"
    as_(cast.customer).post("/ideas/", data=typed | {"title": script, "body": script})
    page = page_of(as_(None).get("/ideas/"))
    assert all("alert" not in "".join(e.itertext()) for e in page.iter("script"))
    assert not [e for e in page.iter() if "onerror" in e.attrib or "javascript:" in str(e.get("href", ""))]


def test_ideas_may_be_submitted_without_a_vote(cast, board, rows):
    assert submit(board=board, by=cast.customer, title="A title", body="Text", vote=False).votes_up == 0
    assert rows(Vote) == 0
