"""Writing: positions, counters, events, refusals, and the text sent twice."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Post
from portal.discussion.writing import write
from portal.errors import Conflict, Unusable
from tests.factories import EPOCH


@pytest.fixture
def topic(make, cast):
    return make.topic(author=cast.customer)


@pytest.fixture
def idea(make, cast):
    return make.idea(author=cast.customer)


def locked(thing):
    thing.locked_at, thing.locked_reason = clock.now(), "Settled"
    return thing


def hidden(thing):
    thing.hidden_at, thing.hidden_reason = clock.now(), "Spam"
    return thing


def test_a_reply_counts_and_moves_the_topic_up(topic, cast):
    with clock.at(EPOCH + timedelta(days=9)):
        post = write(topic, by=cast.other_customer, body="Use **Period**.")
    assert (post.position, post.body_html.strip()) == (1, "<p>Use <strong>Period</strong>.</p>")
    assert (topic.replies, topic.answers, topic.last_position) == (1, 1, 1)
    assert (topic.last_activity_at, topic.last_author_id) == (post.created_at, cast.other_customer.id)


def test_a_comment_on_an_answer_is_no_answer(topic, cast):
    answer = write(topic, by=cast.other_customer, body="Use Period.")
    comment = write(topic, by=cast.customer, body="Thanks!", parent=answer)
    assert (comment.parent_id, comment.position) == (answer.id, 2)
    assert (topic.replies, topic.answers) == (2, 1)


def test_a_comment_on_a_comment_is_on_the_same_post(topic, cast):
    answer = write(topic, by=cast.other_customer, body="Use Period.")
    comment = write(topic, by=cast.customer, body="Thanks!", parent=answer)
    assert write(topic, by=cast.other_customer, body="Welcome.", parent=comment).parent_id == answer.id


def test_a_comment_on_an_idea_counts(idea, cast):
    write(idea, by=cast.customer, body="And tablets.")
    post = write(idea, by=cast.other_customer, body="Yes, tablets.")
    assert (post.idea_id, post.position, idea.comments) == (idea.id, 2, 2)


def test_it_is_journaled_once(topic, cast, rows):
    post = write(topic, by=cast.customer, body="More.")
    entry = db.session.query(Entry).filter_by(kind="post_written").one()
    assert (entry.actor_id, entry.data) == (
        cast.customer.id,
        {"post_id": post.id, "idea_id": None, "topic_id": topic.id},
    )


def test_the_same_text_sent_twice_is_one_post(topic, cast, rows):
    first = write(topic, by=cast.customer, body="Twice.")
    assert write(topic, by=cast.customer, body=" Twice.\r\n") is first
    assert rows(Post) == rows(Entry, kind="post_written") == topic.replies == 1


def test_the_same_text_later_or_elsewhere_is_another(topic, make, cast):
    first = write(topic, by=cast.customer, body="+1")
    assert write(topic, by=cast.other_customer, body="+1") is not first
    assert write(topic, by=cast.customer, body="+1", parent=first) is not first
    assert write(make.topic(), by=cast.customer, body="+1") is not first
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert write(topic, by=cast.customer, body="+1") is not first


@pytest.mark.parametrize("state", [locked, hidden])
@pytest.mark.parametrize("kind", ["topic", "idea"])
def test_a_locked_or_hidden_subject_takes_posts_of_moderators_only(make, cast, state, kind):
    subject = state(getattr(make, kind)())
    with pytest.raises(Conflict, match=f"This {kind} is"):
        write(subject, by=cast.customer, body="Still…")
    assert write(subject, by=cast.moderator, body="This was moved.").position == 1


def test_the_reason_of_a_lock_is_said(topic, cast):
    with pytest.raises(Conflict, match="Settled"):
        write(locked(topic), by=cast.customer, body="Still…")


def test_a_lock_that_came_meanwhile_is_seen(topic, cast):
    db.session.execute(db.text("UPDATE topic SET locked_at = '2026-01-01 00:00:00'"))
    with pytest.raises(Conflict):
        write(topic, by=cast.customer, body="Still…")


def test_a_hidden_post_takes_no_comments(topic, make, cast):
    answer = hidden(make.reply(topic))
    for parent in (answer, make.reply(topic, parent_id=answer.id)):
        with pytest.raises(Conflict):
            write(topic, by=cast.customer, body="Why?", parent=parent)


def test_a_parent_from_elsewhere_is_refused(topic, make, cast):
    with pytest.raises(Unusable):
        write(topic, by=cast.customer, body="Why?", parent=make.reply(make.topic()))


def test_what_a_database_would_refuse_is_replaced(topic, cast):
    post = write(topic, by=cast.customer, body="a\x00b\ud800c\r\nd")
    db.session.commit()
    assert db.session.get_one(Post, post.id).body == "a\ufffdb\ufffdc\nd"
