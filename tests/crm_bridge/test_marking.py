"""Which event makes whose record differ."""

import pytest

from portal import clock
from portal.activity import events, journal
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.models import CrmDirty
from portal.database import db
from tests.crm_bridge.following import catch_up
from tests.factories import EPOCH


def dirty():
    return {(each.entity, each.entity_id) for each in db.session.query(CrmDirty)}


@pytest.fixture
def here(cast, make):
    """A customer with an idea, and another who answered a question and commented."""
    topic = make.topic(author=cast.customer)
    return {
        "ines": cast.customer.id,
        "tomas": cast.other_customer.id,
        "northwind": cast.company.id,
        "harbor": cast.other_company.id,
        "idea": make.idea(author=cast.customer).id,
        "topic": topic.id,
        "answer": make.reply(topic, author=cast.other_customer).id,
    }


BY_INES = {("person", "ines"), ("company", "northwind")}
BY_TOMAS = {("person", "tomas"), ("company", "harbor")}

CASES = [
    (
        lambda h: events.VoteCast(actor_id=h["tomas"], idea_id=h["idea"], author_id=None, value=1),
        BY_TOMAS,
    ),
    (lambda h: events.IdeaSubmitted(actor_id=h["ines"], idea_id=h["idea"]), BY_INES),
    (
        lambda h: events.PostWritten(
            actor_id=h["tomas"], post_id=h["answer"], idea_id=None, topic_id=h["topic"]
        ),
        BY_TOMAS,
    ),
    (lambda h: events.ConsentChanged(actor_id=h["ines"], person_id=h["ines"], granted=True), BY_INES),
    (lambda h: events.PersonChanged(actor_id=None, person_id=h["ines"], fields=["name"]), BY_INES),
    (lambda h: events.ReputationChanged(actor_id=None, person_id=h["tomas"], points=10), BY_TOMAS),
    (
        lambda h: events.AnswerAccepted(
            actor_id=h["ines"],
            topic_id=h["topic"],
            post_id=h["answer"],
            author_id=h["tomas"],
            asker_id=h["ines"],
        ),
        BY_TOMAS,
    ),
    (
        lambda h: events.ContentHidden(actor_id=None, subject="post", subject_id=h["answer"], reason=""),
        BY_TOMAS,
    ),
    (
        lambda h: events.ContentHidden(actor_id=None, subject="topic", subject_id=h["topic"], reason=""),
        BY_TOMAS,
    ),
    (
        lambda h: events.ContentHidden(actor_id=None, subject="idea", subject_id=h["idea"], reason=""),
        {("idea", "idea")},
    ),
    (
        lambda h: events.StatusChanged(
            actor_id=None, idea_id=h["idea"], author_id=h["ines"], old="open", new="planned"
        ),
        {("idea", "idea")},
    ),
    (
        lambda h: events.CompanyChanged(actor_id=None, company_id=h["harbor"], fields=["tier"]),
        {("company", "harbor")},
    ),
    (lambda h: events.BoardChanged(actor_id=None, board_id=1, fields=["name"]), set()),
]


@pytest.mark.parametrize(("event", "expected"), CASES)
def test_an_event_marks_whom_it_concerns(here, event, expected):
    journal.record(event(here))
    db.session.commit()
    db.session.query(CrmDirty).delete()
    db.session.commit()
    catch_up(CrmReader())
    assert dirty() == {(entity, here[name]) for entity, name in expected}


def test_what_voters_say_of_an_idea_marks_their_companies(here, make, cast, vote):
    idea = make.idea()
    vote(cast.customer, idea)
    catch_up(CrmReader())
    db.session.query(CrmDirty).delete()
    journal.record(events.IdeaEdited(actor_id=None, idea_id=idea.id))
    db.session.commit()
    catch_up(CrmReader())
    assert dirty() == {("idea", idea.id), ("company", here["northwind"])}


def test_the_first_mark_keeps_its_time_and_counts(here):
    for days in (1, 2):
        with clock.at(EPOCH.replace(day=days)):
            journal.record(events.PersonChanged(actor_id=None, person_id=here["ines"], fields=["name"]))
            db.session.commit()
            catch_up(CrmReader())
    mark = db.session.query(CrmDirty).filter_by(entity="person").one()
    assert (mark.first_dirty_at, mark.marks) == (EPOCH, 2)


@pytest.mark.parametrize(
    "event",
    [
        events.ContentImported(actor_id=None, source="old", ideas=1, topics=0, posts=0),
        events.CrmPushAsked(actor_id=None, connection="embedded"),
    ],
)
def test_an_import_or_a_wish_marks_all_who_agreed(here, consenting, event):
    agreed = consenting()
    journal.record(event)
    db.session.commit()
    catch_up(CrmReader())
    assert dirty() == {
        ("person", agreed.id),
        ("company", here["northwind"]),
        ("company", here["harbor"]),
    }
