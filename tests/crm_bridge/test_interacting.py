"""What people do here is told once in the history of their contact, if they agree to it."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import portal.crm_bridge
from portal import clock
from portal.activity import events, journal
from portal.crm_bridge import cli, interacting, leasing
from portal.crm_bridge.gateway import CrmError, Outcome, Status
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.models import DEFAULT, CrmExchange, CrmInteraction
from portal.database import db
from tests.crm_bridge.conftest import VOICE
from tests.crm_bridge.following import catch_up
from tests.factories import EPOCH

SCHEMA = Path(portal.crm_bridge.__file__).parent / "schemas" / "interaction.json"
STAFF = {"actor_id": None}


def record(*facts):
    for fact in facts:
        journal.record(fact)
    db.session.commit()


@pytest.fixture
def life(make, consenting, store):
    """Ines, who agreed, proposes, asks, comments and answers; Tomas, who did not, does so too."""
    ines, tomas = consenting(name="Ines"), make.person(name="Tomas")
    for who in (tomas, ines):
        idea = make.idea(title="Offline\tmode", author=who)
        topic = make.topic(title="How?", author=who)
        comment = make.comment(idea, author=who, body_html="<p>Yes &amp; <b>now</b></p>")
        answer = make.reply(topic, author=who, body_html=f"<p>{'So. ' * 200}</p>")
        record(
            events.IdeaSubmitted(actor_id=who.id, idea_id=idea.id),
            events.TopicStarted(actor_id=who.id, topic_id=topic.id),
            events.PostWritten(actor_id=who.id, post_id=comment.id, idea_id=idea.id, topic_id=None),
            events.PostWritten(actor_id=who.id, post_id=answer.id, idea_id=None, topic_id=topic.id),
            events.AnswerAccepted(
                **STAFF, topic_id=topic.id, post_id=answer.id, author_id=who.id, asker_id=None
            ),
            events.StatusChanged(**STAFF, idea_id=idea.id, author_id=who.id, old="open", new="under_review"),
            events.OfficialAnswerGiven(**STAFF, idea_id=idea.id, version=1),
        )
    return ines, idea, topic


def told(store):
    """(contact, type, words) of all that the store was told, in the order of the journal."""
    if not store.exists():
        return []
    with sqlite3.connect(store) as connection:
        rows = connection.execute("SELECT ref, contact, kind, subject, details FROM activity").fetchall()
    rows = sorted(rows, key=lambda row: int(row[0].partition(":")[2]))
    for row in rows:
        Draft202012Validator(json.loads(SCHEMA.read_text())).validate(json.loads(row[4]))
    return [row[1:4] for row in rows]


def test_what_somebody_did_is_told_once(run, life, store, rows):
    ines, _, _ = life
    catch_up(CrmReader())
    assert "7 interactions to add to histories" in run("crm", "plan").output
    assert "7 added to histories" in run("crm", "push").output
    whose = f"person:{ines.id}"
    *first, long, accepted, status, answered = told(store)
    assert first == [
        (whose, "idea.created", "Proposed Offline mode"),
        (whose, "question.asked", "Asked How?"),
        (whose, "comment", "Commented on Offline mode: Yes & now"),
    ]
    assert long[:2] == (whose, "answer")
    assert (len(long[2]), long[2][:18], long[2][-1]) == (200, "Answered How?: So.", "…")
    assert [accepted, status, answered] == [
        (whose, "answer.accepted", "The answer to How? was accepted"),
        (whose, "idea.status_changed", "Offline mode is now under review"),
        (whose, "idea.answered", "Staff answered Offline mode"),
    ]
    assert "added to histories" not in run("crm", "push").output
    assert rows(CrmExchange, verb="add") == 7
    assert rows(CrmInteraction, state="done") == rows(CrmInteraction) == 7


def test_the_log_keeps_the_marker_and_not_the_words(run, life, as_, cast):
    ines, _, _ = life
    run("crm", "push")
    said = db.session.query(CrmExchange).filter_by(verb="add").first()
    assert set(said.sent) == {"activity", "type", "object_url"}
    page = as_(cast.product_manager).get(f"/crm/people/{ines.id}").get_data(as_text=True)
    assert "add: created" in page


def test_what_came_before_the_consent_is_not_told(run, life, make, store):
    ines, idea, _ = life
    tomas = db.session.query(type(ines)).filter_by(name="Tomas").one()
    run("crm", "push")
    tomas.crm_consent, tomas.crm_consent_at = True, EPOCH
    record(events.ConsentChanged(actor_id=tomas.id, person_id=tomas.id, granted=True))
    run("crm", "push")
    assert {contact for contact, _, _ in told(store)} == {f"person:{ines.id}"}
    comment = make.comment(idea, author=tomas)
    record(events.PostWritten(actor_id=tomas.id, post_id=comment.id, idea_id=idea.id, topic_id=None))
    run("crm", "push")
    assert [kind for contact, kind, _ in told(store) if contact == f"person:{tomas.id}"] == ["comment"]


def test_who_withdraws_before_it_is_told_is_not_told_of_and_afterwards_forgotten(run, life, store, rows):
    ines, _, _ = life
    catch_up(CrmReader())
    ines.crm_consent = False
    run("crm", "push")
    assert told(store) == []
    ines.crm_consent, ines.crm_consent_at = True, EPOCH
    run("crm", "push")
    assert len(told(store)) == 7
    ines.crm_consent = False
    run("crm", "push")
    assert (told(store), rows(CrmInteraction), rows(CrmExchange, verb="add")) == ([], 0, 0)


def test_what_is_hidden_before_it_is_told_is_not_told(run, life, store, rows):
    _, idea, topic = life
    idea.hidden_at, topic.hidden_at = EPOCH, EPOCH
    run("crm", "push")
    assert told(store) == []
    assert rows(CrmInteraction, message="hidden") == 7


class Unheard:
    """Adds what it is told to, and does what `moods` say: its answer is lost, or it refuses."""

    def __init__(self, gateway, *moods):
        self.gateway, self.moods, self.asked = gateway, list(moods), []

    def add_activity(self, activities):
        self.asked.append([each.ref for each in activities])
        mood = self.moods.pop(0) if self.moods else None
        if isinstance(mood, Outcome):
            return [mood] * len(activities)
        outcomes = self.gateway.add_activity(activities)
        if mood:
            raise mood
        return outcomes


def tell(gateway):
    """Tell what waits, as a push does it."""
    holder = leasing.take(DEFAULT)
    try:
        for _ in interacting.send(VOICE, gateway, holder):
            db.session.commit()
    finally:
        db.session.rollback()
        leasing.give_back(DEFAULT, holder)
        db.session.commit()


def test_an_answer_that_is_lost_and_one_that_fails_make_nothing_double(bridge, life, rows):
    bridge.push()
    lost = Unheard(bridge.gateway.gateway, CrmError("Timed out", permanent=False))
    with pytest.raises(CrmError, match="Timed out"):
        tell(lost)
    assert rows(CrmInteraction, state="done") == 0
    tell(Unheard(bridge.gateway.gateway, Outcome(Status.FAILED, message="Locked", wait=600)))
    assert rows(CrmInteraction, state="retry", attempts=1, message="Locked") == 7
    again = Unheard(bridge.gateway.gateway)
    tell(again)
    assert (again.asked, interacting.connections_with_some()) == ([], set()), "it waits for a while"
    with clock.at(clock.now() + timedelta(days=1)):
        tell(again)
        tell(again)
    assert [len(each) for each in again.asked] == [7]
    assert rows(CrmInteraction, state="done") == 7


def test_what_the_crm_refuses_is_kept_and_told_when_staff_say_so(bridge, life, run, store, rows):
    bridge.push()
    tell(Unheard(bridge.gateway.gateway, Outcome(Status.FAILED, message="No such type", permanent=True)))
    assert rows(CrmInteraction, state="quarantined", message="No such type") == 7
    run("crm", "push", "--retry")
    assert rows(CrmInteraction, state="done") == 7


def test_the_worker_tells_what_failed_before_without_a_mark(settings, life, run, rows):
    run("crm", "push")
    db.session.query(CrmInteraction).update({"state": "retry"})
    db.session.commit()
    cli.push_waiting(settings, lambda: False)
    assert rows(CrmInteraction, state="done") == 7
    assert interacting.connections_with_some() == set()
