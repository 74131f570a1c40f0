"""Editing: the old text is kept, the new one is cooked."""

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.editing import edit
from portal.discussion.models import Revision
from portal.errors import Conflict, NotAllowed


@pytest.fixture
def topic(make, cast):
    return make.topic(author=cast.customer, title="Old title", body="Old *text*")


def kept():
    return [(r.title, r.body) for r in db.session.query(Revision).order_by(Revision.id)]


def test_a_topic_keeps_its_title_and_text(topic, cast, rows):
    assert edit(topic, by=cast.customer, body="New **text**", title=" New title ")
    assert (topic.title, topic.body) == ("New title", "New **text**")
    assert topic.body_html.strip() == "<p>New <strong>text</strong></p>"
    assert topic.edited_at is not None
    assert kept() == [("Old title", "Old *text*")]
    assert rows(Entry, kind="topic_edited") == 1


def test_an_idea_and_a_post_are_edited_the_same_way(make, cast, rows):
    idea = make.idea(author=cast.customer)
    assert edit(idea, by=cast.customer, body="New", title=idea.title)
    assert edit(make.comment(idea, author=cast.customer), by=cast.customer, body="New")
    assert edit(make.reply(make.topic(), author=cast.customer), by=cast.customer, body="New")
    assert (rows(Entry, kind="idea_edited"), rows(Entry, kind="post_edited"), rows(Revision)) == (1, 2, 3)


def test_nothing_new_leaves_no_trace(topic, cast, rows):
    assert not edit(topic, by=cast.customer, body="Old *text* ", title="Old title")
    assert (topic.edited_at, rows(Revision), rows(Entry)) == (None, 0, 0)


@pytest.mark.parametrize(
    ("who", "may"),
    [("customer", True), ("other_customer", False), ("moderator", True), ("product_manager", False)],
)
def test_who_may(topic, make, cast, who, may):
    post = make.reply(topic, author=cast.customer)
    if may:
        assert edit(post, by=cast[who], body="Changed")
        assert db.session.query(Revision).one().edited_by_id == cast[who].id
    else:
        with pytest.raises(NotAllowed):
            edit(post, by=cast[who], body="Changed")


@pytest.mark.parametrize("state", ["locked_at", "hidden_at"])
def test_in_a_locked_or_hidden_topic_only_moderators_edit(topic, make, cast, state):
    post = make.reply(topic, author=cast.customer)
    setattr(topic, state, clock.now())
    for thing in (post, topic):
        with pytest.raises(Conflict):
            edit(thing, by=cast.customer, body="Changed")
        assert edit(thing, by=cast.moderator, body="Changed")


def test_a_hidden_post_is_left_as_it_was_judged(topic, make, cast):
    post = make.reply(topic, author=cast.customer, hidden_at=clock.now())
    with pytest.raises(Conflict):
        edit(post, by=cast.customer, body="Harmless now")
