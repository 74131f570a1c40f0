"""Accepting: who may, what moves, and what an accepted answer that is hidden does."""

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.forums.accepting import accept, withdraw_acceptance
from portal.forums.models import Acceptance
from portal.moderation.hiding import hide, restore


@pytest.fixture
def question(make, cast):
    return make.topic(author=cast.customer)


@pytest.fixture
def answer(make, cast, question):
    return make.reply(question, author=cast.other_customer)


def told():
    return [entry.kind for entry in db.session.query(Entry).order_by(Entry.id) if "accept" in entry.kind]


def test_the_asker_accepts(question, answer, cast):
    assert accept(answer, by=cast.customer)
    assert question.solved_at is not None
    assert cast.other_customer.accepted_answers == 1
    row = db.session.get_one(Acceptance, question.id)
    assert (row.post_id, row.accepted_by_id) == (answer.id, cast.customer.id)
    assert told() == ["answer_accepted"]


def test_accepting_again_changes_nothing(question, answer, cast):
    accept(answer, by=cast.customer)
    assert not accept(answer, by=cast.moderator)
    assert (cast.other_customer.accepted_answers, told()) == (1, ["answer_accepted"])


def test_another_answer_takes_the_place(question, answer, make, cast):
    accept(answer, by=cast.customer)
    better = make.reply(question, author=cast.moderator)
    assert accept(better, by=cast.customer)
    db.session.expire_all()
    assert (cast.other_customer.accepted_answers, cast.moderator.accepted_answers) == (0, 1)
    assert told() == ["answer_accepted", "acceptance_withdrawn", "answer_accepted"]
    assert db.session.query(Acceptance).one().post_id == better.id


def test_taking_it_back(question, answer, cast, rows):
    accept(answer, by=cast.customer)
    assert withdraw_acceptance(question, by=cast.customer)
    assert not withdraw_acceptance(question, by=cast.customer)
    assert (question.solved_at, cast.other_customer.accepted_answers, rows(Acceptance)) == (None, 0, 0)


@pytest.mark.parametrize("who", ["moderator", "product_manager", "admin"])
def test_staff_may(question, answer, cast, who):
    assert accept(answer, by=cast[who])


def test_who_answered_may_not(question, answer, cast):
    with pytest.raises(NotAllowed, match="Only who asked"):
        accept(answer, by=cast.other_customer)
    accept(answer, by=cast.customer)
    with pytest.raises(NotAllowed):
        withdraw_acceptance(question, by=cast.other_customer)


def test_one_s_own_answer_may_be_the_one(question, make, cast):
    assert accept(make.reply(question, author=cast.customer), by=cast.customer)


def test_a_ghost_s_answer_may_be_the_one(question, make, cast):
    assert accept(make.reply(question, ghost_name="user 17"), by=cast.customer)


def test_a_comment_a_discussion_and_an_idea_have_none(question, answer, make, cast):
    comment = make.reply(question, parent_id=answer.id)
    reply = make.reply(make.topic(kind="discussion", author=cast.customer))
    for post in (comment, reply, make.comment(make.idea(author=cast.customer))):
        with pytest.raises(Conflict):
            accept(post, by=cast.customer)


@pytest.mark.parametrize("state", ["locked_at", "hidden_at"])
def test_a_closed_question_stays_as_it_is(question, answer, cast, state):
    setattr(question, state, clock.now())
    with pytest.raises(Conflict):
        accept(answer, by=cast.customer)
    assert accept(answer, by=cast.moderator)
    with pytest.raises(Conflict):
        withdraw_acceptance(question, by=cast.customer)


def test_hiding_the_accepted_answer_withdraws_it(question, answer, cast, rows):
    accept(answer, by=cast.customer)
    db.session.commit()
    hide(answer, by=cast.moderator, reason="Spam")
    db.session.commit()
    assert (question.solved_at, cast.other_customer.accepted_answers, rows(Acceptance)) == (None, 0, 0)
    assert told() == ["answer_accepted", "acceptance_withdrawn"]
    restore(answer, by=cast.moderator, reason="Not spam")
    db.session.commit()
    assert question.solved_at is None
    assert accept(answer, by=cast.customer)


def test_by_form(as_, question, answer, cast):
    browser = as_(cast.customer)
    put = browser.post(f"/questions/{question.id}/acceptance", data={"_method": "PUT", "post_id": answer.id})
    assert put.status_code == 303
    page = browser.get(put.location).text
    assert page.index('class="best"') < page.index(f'id="post-{answer.id}"')
    assert page.count(f'id="post-{answer.id}"') == 1
    assert browser.post(f"/questions/{question.id}/acceptance", data={"_method": "DELETE"}).status_code == 303
    assert 'class="best"' not in browser.get(put.location).text


def test_by_script_the_page_is_loaded_anew(as_, question, answer, cast):
    sent = as_(cast.customer).htmx("PUT", f"/questions/{question.id}/acceptance", data={"post_id": answer.id})
    assert sent.status_code == 204
    assert sent.headers["HX-Redirect"].startswith(f"/questions/{question.id}-")


@pytest.mark.parametrize("post_id", ["", "x", "0", "999", "9" * 30])
def test_no_such_answer(as_, question, cast, post_id):
    sent = as_(cast.customer).put(f"/questions/{question.id}/acceptance", data={"post_id": post_id})
    assert sent.status_code == 404


def test_in_a_discussion_by_form(as_, make, cast):
    topic = make.topic(kind="discussion", author=cast.customer)
    reply = make.reply(topic)
    sent = as_(cast.customer).put(f"/questions/{topic.id}/acceptance", data={"post_id": reply.id})
    assert sent.status_code == 409
    assert "there is no one answer" in sent.text
    assert "This solved it" not in as_(cast.customer).get(f"/questions/{topic.id}").text


def test_an_answer_of_another_question(as_, make, question, cast):
    other = make.reply(make.topic())
    sent = as_(cast.customer).put(f"/questions/{question.id}/acceptance", data={"post_id": other.id})
    assert sent.status_code == 404
