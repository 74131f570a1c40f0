"""Hiding and restoring, on every kind of thing."""

import re

import pytest

from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.moderation import hiding
from portal.moderation.models import ModerationAct


@pytest.fixture(params=["idea", "topic", "comment", "reply"])
def thing(request, make, cast):
    subject = make.topic if request.param in ("topic", "reply") else make.idea
    made = subject(author=cast.customer)
    if request.param in ("comment", "reply"):
        made = getattr(make, request.param)(made, author=cast.customer)
    return made


def test_hiding_is_logged_journaled_and_done_once(cast, thing, rows):
    assert hiding.hide(thing, by=cast.moderator, reason=" Advertising ")
    assert not hiding.hide(thing, by=cast.admin, reason="Again")
    assert thing.hidden_reason == "Advertising"
    assert rows(ModerationAct, act="hide", reason="Advertising", moderator_id=cast.moderator.id) == 1
    assert rows(Entry, kind="content_hidden") == 1


def test_restoring_brings_it_back(cast, thing, rows):
    hiding.hide(thing, by=cast.moderator, reason="Advertising")
    assert hiding.restore(thing, by=cast.moderator, reason="A mistake")
    assert not hiding.restore(thing, by=cast.moderator, reason="A mistake")
    assert not thing.is_hidden
    assert thing.hidden_reason is None
    assert rows(ModerationAct, act="restore", reason="A mistake") == 1


@pytest.mark.parametrize("who", ["customer", "other_customer", "product_manager"])
def test_only_moderators_hide(cast, thing, who):
    with pytest.raises(NotAllowed):
        hiding.hide(thing, by=cast[who], reason="I do not like it")


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_is_needed(cast, thing, reason):
    with pytest.raises(Conflict):
        hiding.hide(thing, by=cast.moderator, reason=reason)


def test_counters_follow(cast, make):
    topic = make.topic()
    answer = make.reply(topic)
    make.reply(topic, parent_id=answer.id)
    hiding.hide(answer, by=cast.moderator, reason="Spam")
    assert (topic.answers, topic.replies) == (0, 0)
    hiding.restore(answer, by=cast.moderator, reason="")
    assert (topic.answers, topic.replies) == (1, 2)


def test_the_author_sees_the_reason_and_others_nothing(as_, cast, make):
    idea = make.idea(author=cast.customer)
    as_(cast.moderator).put(f"/moderation/idea/{idea.id}/hiding", data={"reason": "Names a competitor"})
    assert "Names a competitor" in as_(cast.customer).get(f"/ideas/{idea.id}").text
    assert as_(cast.other_customer).get(f"/ideas/{idea.id}").status_code == 404
    assert as_(None).get(f"/ideas/{idea.id}").status_code == 404


def test_without_a_reason_the_moderator_is_asked_for_one(as_, cast, make):
    idea = make.idea(author=cast.customer)
    answer = as_(cast.moderator).put(f"/moderation/idea/{idea.id}/hiding", data={"reason": ""})
    assert answer.status_code == 422
    assert "Write a reason" in answer.text
    assert not idea.is_hidden


def test_a_plain_form_reaches_restore(as_, cast, make):
    idea = make.idea(author=cast.customer, hidden_at=make.idea().created_at, hidden_reason="x")
    answer = as_(cast.moderator).post(f"/moderation/idea/{idea.id}/hiding", data={"_method": "delete"})
    assert answer.status_code == 303
    assert not idea.is_hidden


def offers(page, thing):
    """The acts of moderators that the page offers for a thing."""
    acts = re.findall(rf'action="/moderation/{thing.__tablename__}/{thing.id}/(\w+)"', page.text)
    return sorted(acts)


def test_moderators_hide_and_restore_where_they_read(as_, cast, make):
    topic, idea = make.topic(), make.idea()
    reply, comment = make.reply(topic), make.comment(idea)
    for subject, post, address in ((topic, reply, "/questions/"), (idea, comment, "/ideas/")):
        page = as_(cast.moderator).get(f"{address}{subject.id}")
        assert offers(page, subject) == ["hiding", "lock"]
        assert offers(page, post) == ["hiding"]
        hiding.hide(post, by=cast.moderator, reason="Advertising")
        db.session.commit()
        assert "Restore" in as_(cast.moderator).get(f"{address}{subject.id}").text
        page = as_(cast.other_customer).get(f"{address}{subject.id}")
        assert offers(page, subject) == offers(page, post) == []
