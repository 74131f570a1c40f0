"""A portal with rules, and a CRM in memory beside it."""

import itertools

import pytest

from portal import clock
from portal.activity import journal
from portal.activity.events import PostWritten, TopicStarted
from portal.crm_bridge import connecting
from portal.crm_bridge.memory.gateway import Memory
from portal.crm_bridge.models import DEFAULT, CrmLink
from portal.crm_bridge.rules import acting, firing, keeping, sending
from portal.crm_bridge.rules.defining import Definition
from portal.crm_bridge.rules.models import CrmFiring
from portal.database import db
from tests.crm_bridge.following import catch_up
from tests.factories import EPOCH

numbers = itertools.count(1)
URL = "https://community.example"


def said(when="text_written", then="task", **more):
    return Definition(when=when, then=then, **more)


def read():
    """Commit, and have the reader of rules read the journal."""
    db.session.commit()
    catch_up(firing.RuleReader())


def send(gateway):
    for _ in sending.send_some(DEFAULT, gateway, URL):
        db.session.commit()
    db.session.commit()


def act(sent=True):
    """Do what is done here; returns the mails, which went unless said otherwise."""
    _, letters = acting.act_on_some(URL)
    db.session.commit()
    for firing_id in letters:
        acting.mailed(firing_id, sent)
        db.session.commit()
    return list(letters.values())


def states():
    """What became of each firing, in order."""
    db.session.expire_all()
    return [each.state for each in db.session.query(CrmFiring).order_by(CrmFiring.id)]


@pytest.fixture
def gateway(app):
    connecting.make_default()
    db.session.commit()
    return Memory({"name": f"rules {next(numbers)}"})


@pytest.fixture
def boss(make):
    return make.person(role="product_manager", name="Mira")


@pytest.fixture
def on(boss):
    """`on(said())` makes a rule and switches it on."""

    def switched_on(definition, name="A rule"):
        rule = keeping.make(name, definition, by=boss)
        keeping.switch_on(rule, by=boss)
        db.session.commit()
        return rule

    return switched_on


@pytest.fixture
def agreed(make):
    """A person whose contact is in the CRM."""

    def person(**fields):
        one = make.person(crm_consent=True, crm_consent_at=EPOCH, **fields)
        if not db.session.get(CrmLink, (DEFAULT, "person", one.id, 0)):
            link = {"entity_id": one.id, "remote_type": "contact", "remote_id": f"c{one.id}", "state": "done"}
            connecting.make_default()
            db.session.add(CrmLink(connection=DEFAULT, entity="person", **link))
            db.session.commit()
        return one

    return person


@pytest.fixture
def write(make):
    """`write(person, idea, text)`: a comment, as the journal tells of it."""

    def comment(person, idea, text):
        post = make.comment(idea, author=person, body=text, created_at=clock.now())
        journal.record(PostWritten(actor_id=person.id, post_id=post.id, idea_id=idea.id, topic_id=None))
        db.session.commit()
        return post

    return comment


@pytest.fixture
def ask(make):
    """`ask(person)`: a question, as the journal tells of it."""

    def question(person, **fields):
        topic = make.topic(author=person, **{"created_at": clock.now()} | fields)
        journal.record(TopicStarted(actor_id=person.id, topic_id=topic.id))
        db.session.commit()
        return topic

    return question
