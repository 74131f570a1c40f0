"""Answering, commenting and voting, with and without script."""

import pytest

from portal import clock
from portal.database import db
from portal.discussion.models import Post


@pytest.fixture
def question(make, cast):
    return make.topic(author=cast.customer)


@pytest.fixture
def answer(make, cast, question):
    return make.reply(question, author=cast.other_customer)


def test_an_answer_by_form(as_, cast, question):
    browser = as_(cast.other_customer)
    sent = browser.post(f"/questions/{question.id}/posts", data={"body": "Choose **Period**."})
    post = db.session.query(Post).one()
    assert (sent.status_code, sent.location) == (303, f"/questions/{question.id}/posts/{post.id}")
    place, anchor = browser.get(sent.location).location.split("#")
    assert f'id="{anchor}"' in browser.get(place).text


def test_an_answer_by_script_is_the_new_post_and_an_empty_box(as_, cast, question):
    sent = as_(cast.other_customer).htmx("POST", f"/questions/{question.id}/posts", data={"body": "Period."})
    assert sent.status_code == 200
    assert "<html" not in sent.text
    assert f'id="post-{db.session.query(Post).one().id}"' in sent.text
    assert 'id="reply"' in sent.text
    assert 'hx-swap-oob="true"' in sent.text
    assert "Period." not in sent.text.split('id="reply"')[1]


@pytest.mark.parametrize("body", ["", "   ", "\u200b", "x" * 20_001])
def test_a_text_that_cannot_be_taken_comes_back(as_, cast, question, body, rows):
    path, browser = f"/questions/{question.id}/posts", as_(cast.customer)
    plain, scripted = browser.post(path, data={"body": body}), browser.htmx("POST", path, data={"body": body})
    assert (plain.status_code, scripted.status_code, rows(Post)) == (422, 422, 0)
    assert "<h1" in plain.text
    assert "<h1" not in scripted.text
    assert scripted.headers["HX-Retarget"] == "#reply"
    for page in (plain.text, scripted.text):
        assert body.strip()[:500] in page
        assert "field__error" in page


def test_a_locked_question_refuses_and_gives_the_text_back(as_, cast, question, rows):
    question.locked_at, question.locked_reason = clock.now(), "Settled in the docs"
    text = "All that I typed for an hour."
    sent = as_(cast.other_customer).post(f"/questions/{question.id}/posts", data={"body": text})
    assert (sent.status_code, rows(Post)) == (409, 0)
    assert "Settled in the docs" in sent.text
    assert text in sent.text


def test_a_comment_by_form(as_, cast, question, answer):
    browser = as_(cast.customer)
    assert answer.body in browser.get(f"/posts/{answer.id}/comments/new").text
    sent = browser.post(f"/posts/{answer.id}/comments", data={"body": "Thanks!"})
    comment = db.session.query(Post).filter_by(parent_id=answer.id).one()
    assert sent.location == f"/questions/{question.id}/posts/{comment.id}"
    empty = browser.post(f"/posts/{answer.id}/comments", data={"body": ""})
    assert empty.status_code == 422
    assert "Please write a text." in empty.text


def test_a_comment_in_a_locked_question(as_, cast, question, answer):
    question.locked_at = clock.now()
    sent = as_(cast.customer).post(f"/posts/{answer.id}/comments", data={"body": "Thanks!"})
    assert sent.status_code == 409


def test_a_vote_by_form_up_down_and_back(as_, cast, question, answer):
    path, browser = f"/questions/{question.id}/posts/{answer.id}/vote", as_(cast.customer)
    for data, score in [
        ({"_method": "PUT", "value": "1"}, 1),
        ({"_method": "PUT", "value": "1"}, 1),
        ({"_method": "PUT", "value": "-1"}, -1),
        ({"_method": "DELETE"}, 0),
        ({"_method": "DELETE"}, 0),
    ]:
        sent = browser.post(path, data=data)
        assert sent.status_code == 303
        assert db.session.get_one(Post, answer.id).score == score


def test_a_vote_by_script_is_the_pair_again(as_, cast, question, answer):
    path = f"/questions/{question.id}/posts/{answer.id}/vote"
    sent = as_(cast.customer).htmx("PUT", path, data={"value": "1"})
    assert sent.text.strip().startswith(f'<div class="vote pair" id="vote-post-{answer.id}">')
    assert 'aria-pressed="true"' in sent.text
    assert "<output>1</output>" in sent.text
    page = as_(cast.customer).get(f"/questions/{question.id}").text
    assert 'aria-pressed="true"' in page
    assert 'aria-pressed="true"' not in as_(cast.moderator).get(f"/questions/{question.id}").text


def test_nobody_votes_for_the_own_answer(as_, cast, question, answer):
    browser = as_(cast.other_customer)
    sent = browser.put(f"/questions/{question.id}/posts/{answer.id}/vote", data={"value": "1"})
    assert sent.status_code == 403
    assert "your own answer" in sent.text
    assert (
        f'action="/questions/{question.id}/posts/{answer.id}/vote"'
        not in browser.get(f"/questions/{question.id}").text
    )


@pytest.mark.parametrize("value", ["0", "2", "x", ""])
def test_other_values_are_no_vote(as_, cast, question, answer, value):
    path = f"/questions/{question.id}/posts/{answer.id}/vote"
    assert as_(cast.customer).put(path, data={"value": value}).status_code == 400


def test_comments_and_discussions_take_no_votes(as_, make, cast, question, answer):
    comment = make.reply(question, parent_id=answer.id)
    reply = make.reply(make.topic(kind="discussion"))
    for post in (comment, reply):
        path = f"/questions/{post.topic_id}/posts/{post.id}/vote"
        assert as_(cast.customer).put(path, data={"value": "1"}).status_code == 409


def test_an_answer_of_another_question_is_not_here(as_, make, cast, question):
    other = make.reply(make.topic())
    path = f"/questions/{question.id}/posts/{other.id}/vote"
    assert as_(cast.customer).put(path, data={"value": "1"}).status_code == 404
