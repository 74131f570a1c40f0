"""Hiding and restoring posts moves the numbers of their subject."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity import journal
from portal.activity.events import ContentHidden, ContentRestored
from portal.discussion.writing import write
from tests.factories import EPOCH


def hide(post):
    post.hidden_at = clock.now()
    journal.record(ContentHidden(actor_id=None, subject="post", subject_id=post.id, reason="Spam"))


def restore(post):
    post.hidden_at = None
    journal.record(ContentRestored(actor_id=None, subject="post", subject_id=post.id, reason="Fine"))


@pytest.fixture
def talk(make, cast):
    """A question with an answer by Tomas on day 1, Ines' comment on it on day 2, an answer by Mo on day 3."""
    topic = make.topic(author=cast.customer)
    with clock.at(EPOCH + timedelta(days=1)):
        answer = write(topic, by=cast.other_customer, body="Period.")
    with clock.at(EPOCH + timedelta(days=2)):
        comment = write(topic, by=cast.customer, body="Thanks.", parent=answer)
    with clock.at(EPOCH + timedelta(days=3)):
        other = write(topic, by=cast.moderator, body="Or Rolling day.")
    return topic, answer, comment, other


def numbers(topic):
    return topic.replies, topic.answers, (topic.last_activity_at - EPOCH).days, topic.last_author_id


def test_a_hidden_answer_takes_its_comments_along(talk, cast):
    topic, answer, _, _ = talk
    hide(answer)
    assert numbers(topic) == (1, 1, 3, cast.moderator.id)
    restore(answer)
    assert numbers(topic) == (3, 2, 3, cast.moderator.id)


def test_a_comment_under_a_hidden_answer_is_counted_once(talk):
    topic, answer, comment, _ = talk
    hide(answer)
    hide(comment)
    assert numbers(topic)[:2] == (1, 1)
    restore(answer)
    assert numbers(topic)[:2] == (2, 2)
    restore(comment)
    assert numbers(topic)[:2] == (3, 2)


def test_the_last_word_is_the_last_visible_one(talk, cast):
    topic, answer, _comment, other = talk
    hide(other)
    assert numbers(topic) == (2, 1, 2, cast.customer.id)
    hide(answer)
    assert topic.last_activity_at == topic.created_at
    assert (topic.replies, topic.last_author_id) == (0, None)


def test_comments_on_an_idea(make, cast):
    idea = make.idea()
    post = write(idea, by=cast.customer, body="Me too.")
    write(idea, by=cast.customer, body="And tablets.", parent=post)
    hide(post)
    assert idea.comments == 0
    restore(post)
    assert idea.comments == 2


def test_a_moderator_s_comment_under_a_hidden_answer_waits_with_it(talk, cast):
    topic, answer, comment, _ = talk
    hide(answer)
    for parent in (answer, comment):
        write(topic, by=cast.moderator, body=f"Why it is hidden, {parent.id}", parent=parent)
    assert numbers(topic) == (1, 1, 3, cast.moderator.id)
    restore(answer)
    assert (topic.replies, topic.answers) == (5, 2)
