"""Status and official answer: who may, what is kept, and what is refused."""

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import NotAllowed
from portal.ideas.deciding import answer, change_status
from portal.ideas.models import OfficialAnswer, Status, StatusChange
from tests.ideas.reading import page_of, shown


@pytest.fixture
def idea(make, cast):
    return make.idea(author=cast.customer)


def told():
    return [(e.kind, e.data) for e in db.session.query(Entry).order_by(Entry.id)]


def test_a_status_is_set_with_reason_and_target(as_, idea, cast):
    data = {"_method": "put", "status": "planned", "target": "Q1", "reason": "Many asked"}
    reply = as_(cast.product_manager).post(f"/ideas/{idea.id}/status", data=data)
    assert reply.status_code == 303
    assert (idea.status, idea.target) == ("planned", "Q1")
    assert idea.status_at == idea.last_staff_word_at
    change = db.session.query(StatusChange).one()
    assert (change.old, change.new, change.reason) == ("open", "planned", "Many asked")
    assert change.changed_by_id == cast.product_manager.id
    facts = {"idea_id": idea.id, "author_id": cast.customer.id, "old": "open", "new": "planned"}
    assert told()[0] == ("status_changed", facts)
    assert "Planned · Q1" in shown(as_(None).get(f"/ideas/{idea.id}"))


def test_the_same_status_again_only_moves_the_target(idea, cast, rows):
    assert change_status(idea, to=Status.PLANNED, by=cast.product_manager, target="Q1")
    assert not change_status(idea, to=Status.PLANNED, by=cast.product_manager, target="Q2")
    db.session.commit()
    assert (idea.target, rows(StatusChange)) == ("Q2", 1)
    assert not change_status(idea, to=Status.PLANNED, by=cast.product_manager)
    assert idea.target == "Q2"


def test_an_answer_has_versions_and_may_carry_a_status(as_, idea, cast, rows):
    manager, path = as_(cast.product_manager), f"/ideas/{idea.id}/answers"
    reply = manager.post(path, data={"body": "We **look**.", "status": "under_review"})
    assert reply.status_code == 303
    assert reply.location.endswith("#official-answer")
    manager.post(path, data={"body": "We build.", "status": ""})
    manager.post(path, data={"body": "We build.", "status": ""})
    versions = db.session.query(OfficialAnswer).order_by(OfficialAnswer.version).all()
    assert [(v.version, v.status, v.body) for v in versions] == [
        (1, "under_review", "We **look**."),
        (2, "under_review", "We build."),
    ]
    assert "<strong>look</strong>" in versions[0].body_html
    assert (idea.answer_version, rows(StatusChange)) == (2, 1)
    assert [kind for kind, _ in told() if kind == "official_answer_given"] == ["official_answer_given"] * 2


@pytest.mark.parametrize("who", ["customer", "moderator"])
def test_others_may_not_decide(as_, idea, cast, who, rows):
    for method, what, data in (
        ("PUT", "status", {"status": "planned"}),
        ("POST", "answers", {"body": "Yes"}),
    ):
        page = as_(cast[who]).open(f"/ideas/{idea.id}/{what}", method=method, data=data)
        assert page.status_code == 403
        assert "Write a comment instead" in page.text
    with pytest.raises(NotAllowed):
        change_status(idea, to=Status.SHIPPED, by=cast[who])
    with pytest.raises(NotAllowed):
        answer(idea, by=cast[who], body="Yes")
    assert rows(StatusChange) == rows(OfficialAnswer) == 0


@pytest.mark.parametrize(
    ("method", "what", "data", "words"),
    [
        ("PUT", "status", {"status": "gone"}, "Not a valid choice"),
        ("PUT", "status", {}, "Choose a status."),
        ("PUT", "status", {"status": "planned", "reason": "r" * 501}, "At most 500 characters."),
        ("PUT", "status", {"status": "planned", "target": "t" * 41}, "At most 40 characters."),
        ("POST", "answers", {"body": " "}, "Please write a text."),
        ("POST", "answers", {"body": "y" * 10_001}, "1 characters too long"),
        ("POST", "answers", {"body": "Yes", "status": "gone"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_taken_comes_back_opened_with_the_text(as_, idea, cast, method, what, data, words):
    reply = as_(cast.product_manager).open(f"/ideas/{idea.id}/{what}", method=method, data=data)
    assert reply.status_code == 422
    assert words in reply.text
    opened = next(d for d in page_of(reply).iter("details") if d.get("open") is not None)
    sent = data.get("reason") or data.get("body") or ""
    kept = [f.get("value") or f.text or "" for f in opened.iter() if f.tag in {"input", "textarea"}]
    assert any(text.strip() == sent.strip() for text in kept)


def test_a_closed_or_locked_idea_can_still_be_decided(make, cast):
    idea = make.idea(status="declined", locked_at=clock.now())
    assert change_status(idea, to=Status.PLANNED, by=cast.product_manager)
    assert answer(idea, by=cast.product_manager, body="We think again.").version == 1
