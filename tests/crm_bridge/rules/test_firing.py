"""A rule that is on fires once at what it waits for, and what it asks for is done once."""

import contextlib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.activity import journal
from portal.activity.events import ContentHidden, ReputationChanged, StatusChanged
from portal.activity.models import ReaderPosition
from portal.crm_bridge.embedded.gateway import Embedded
from portal.crm_bridge.gateway import CrmError, Outcome, Status
from portal.crm_bridge.rules import firing, keeping, queries
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, FiringState, Then, When
from portal.database import db
from portal.discussion.models import Label, Labelling
from portal.notifications.models import Watch
from portal.voting import casting
from tests.crm_bridge.rules.conftest import URL, act, read, said, send, states


def hide(thing, subject):
    thing.hidden_at, thing.hidden_reason = clock.now(), "Advertising"
    journal.record(ContentHidden(actor_id=None, subject=subject, subject_id=thing.id, reason="Advertising"))
    db.session.commit()


def test_a_task_goes_to_the_crm_once_however_often_it_is_read_and_sent(on, agreed, make, write, gateway):
    on(said(risk=True, note="Call them."), "At risk")
    company = make.company(name="Northwind", owner="Petra Vance")
    idea = make.idea(title="Offline mode")
    write(agreed(company=company), idea, "We will switch to another product.")
    write(agreed(), idea, "We switched the lights on.")
    read()
    assert states() == [FiringState.WAITING]
    send(gateway)
    [task] = gateway.records.activities.values()
    assert (task.kind, task.subject, task.body) == ("task", "At risk: Offline mode", "Call them.")
    assert task.details["for"] == "Petra Vance"
    assert task.details["link"] == f"{URL}/ideas/{idea.id}"
    db.session.execute(sa.delete(ReaderPosition))
    db.session.execute(sa.update(CrmFiring).values(state="waiting"))
    read()
    send(gateway)
    assert len(gateway.records.activities) == 1
    assert states() == [FiringState.DONE]


def test_what_a_rule_does_makes_no_rule_fire(on, boss, agreed, write, make, gateway):
    """Rules for everything that happens, doing everything that can be done: each fires once at one text, and then all is
    quiet."""
    for when in When:
        if when not in (When.UNANSWERED, When.REACHED):
            for then in Then:
                on(said(when, then, tag="Loop", person_id=boss.id), f"{when} {then}")
    write(agreed(), make.idea(), "We cancel.")
    for _ in range(4):
        read()
        act()
        send(gateway)
        read()
    assert states() == [FiringState.DONE] * len(Then)


def test_what_is_from_before_it_was_on_and_after_it_was_off_is_nothing_to_it(on, boss, agreed, make, write):
    person, idea = agreed(), make.idea()
    write(person, idea, "We cancel.")
    rule = on(said(risk=True))
    read()
    assert states() == []
    keeping.switch_off(rule, by=boss)
    write(person, idea, "We cancel.")
    read()
    assert states() == []


def test_who_did_not_agree_is_a_task_for_staff_here(on, boss, make, write, gateway):
    on(said(risk=True))
    write(make.person(), make.idea(), "We cancel.")
    read()
    send(gateway)
    assert states() == [FiringState.OPEN]
    assert gateway.records.activities == {}
    one = db.session.query(CrmFiring).one()
    assert "no consent" in one.failure
    keeping.end(one, by=boss)
    assert (one.state, one.done_by_id) == (FiringState.DONE, boss.id)


def test_consent_that_went_meanwhile_holds_the_task_here(on, agreed, make, write, gateway):
    on(said(risk=True))
    person = agreed()
    write(person, make.idea(), "We cancel.")
    read()
    person.crm_consent = False
    db.session.commit()
    send(gateway)
    assert states() == [FiringState.OPEN]
    assert gateway.records.activities == {}


@pytest.mark.parametrize("before_the_reader", [True, False])
@pytest.mark.parametrize("what", ["idea", "post"])
def test_what_was_hidden_meanwhile_reaches_neither_crm_nor_mail(
    on, boss, agreed, make, write, gateway, what, before_the_reader
):
    on(said(risk=True))
    on(said(risk=True, then="mail", person_id=boss.id))
    idea = make.idea(title="Cheap watches")
    post = write(agreed(), idea, "We cancel.")
    if not before_the_reader:
        read()
    hide({"idea": idea, "post": post}[what], what)
    send(gateway)
    letters = act()
    read()
    send(gateway)
    assert letters + act() == []
    assert gateway.records.activities == {}
    assert set(states()) <= {FiringState.DROPPED}


def test_labels_mails_and_followers(on, boss, agreed, make, write, rows):
    on(said(words=("slow",), then="tag", tag="Speed"))
    on(said(words=("slow",), then="watch", person_id=boss.id))
    on(said(words=("slow",), then="mail", person_id=boss.id, note="Have a look."), "Slow again")
    idea = make.idea(title="Faster reports")
    write(agreed(), idea, "This is SLOW today.")
    read()
    [letter] = act()
    assert (letter.to, letter.subject) == (boss.email, "Slow again: Faster reports")
    assert "Have a look." in letter.text
    assert act() == []
    assert states() == [FiringState.DONE] * 3
    label = db.session.query(Label).one()
    assert rows(Labelling, label_id=label.id, idea_id=idea.id) == 1
    assert rows(Watch, person_id=boss.id, idea_id=idea.id) == 1


def test_a_shipped_idea_speaks_of_each_account_once(on, agreed, make, gateway):
    on(said("status_changed", status="shipped"))
    idea, one, other = make.idea(title="Offline mode"), make.company(name="One"), make.company(name="Other")
    for person in (agreed(company=one), agreed(company=one), make.person(company=other), make.person()):
        casting.cast(idea, by=person, value=1)
    for new in ("planned", "shipped"):
        journal.record(StatusChanged(actor_id=None, idea_id=idea.id, author_id=None, old="open", new=new))
    read()
    found = {each.subject: each.state for each in db.session.query(CrmFiring)}
    assert found == {f"company:{one.id}": "waiting", f"company:{other.id}": "open"}
    send(gateway)
    assert [each.details["account"] for each in gateway.records.activities.values()] == ["One"]


def test_points_count_when_they_are_reached_and_only_once(on, make):
    on(said("points_reached", points=100, role="customer"))
    person, old, staff = make.person(reputation=90), make.person(reputation=500), make.person(role="admin")

    def earn(who, points):
        who.reputation += points
        journal.record(ReputationChanged(actor_id=None, person_id=who.id, points=points))
        db.session.commit()

    earn(old, 10)
    earn(staff, 200)
    earn(person, 5)
    earn(person, 10)
    earn(person, 10)
    read()
    earn(person, -50)
    earn(person, 50)
    read()
    assert [each.subject for each in db.session.query(CrmFiring)] == [f"person:{person.id}"]


def test_the_third_of_a_kind_within_some_days(on, make, write):
    on(said(words=("broken",), times=3, days=30))
    idea, person, start = make.idea(), make.person(), clock.now()
    for day, text in (
        (1, "broken"),
        (40, "broken"),
        (41, "fine"),
        (42, "still broken"),
        (50, "Broken!"),
        (51, "broken"),
    ):
        with clock.at(start + timedelta(days=day)):
            write(person, idea, text)
    read()
    [one] = db.session.query(CrmFiring)
    assert one.happened_at - start > timedelta(days=49)
    assert one.happened_at - start < timedelta(days=51)


def test_a_question_that_nobody_answers_in_time(on, make, ask):
    rule = on(said("question_unanswered", hours=24, tiers=("enterprise",)))
    top, start = make.person(company=make.company(tier="Enterprise")), clock.now()
    with clock.at(start + timedelta(hours=1)):
        late, answered, hidden = ask(top), ask(top), ask(top)
        ask(make.person())
        make.reply(answered, created_at=clock.now())
        hidden.hidden_at = clock.now()
    for hours, expected in ((24, 0), (26, 1), (27, 0), (90, 0)):
        with clock.at(start + timedelta(hours=hours)):
            assert firing.look(rule) == expected
            db.session.commit()
    assert db.session.query(CrmFiring).one().topic_id == late.id


class Refusing:
    def __init__(self, inner, outcome):
        self.inner, self.outcome = inner, outcome

    def add_activity(self, activities):
        if isinstance(self.outcome, CrmError):
            raise self.outcome
        return [self.outcome for _ in activities]


def test_what_the_crm_refuses_stands_with_its_words_and_can_be_tried_again(
    on, boss, agreed, make, write, gateway
):
    on(said(risk=True))
    write(agreed(), make.idea(), "We cancel.")
    read()
    no = Outcome(Status.FAILED, message="Tasks are closed for this contact", permanent=True)
    send(Refusing(gateway, no))
    one = db.session.query(CrmFiring).one()
    assert (one.state, one.failure) == (FiringState.FAILED, "Tasks are closed for this contact")
    keeping.retry(queries.firing(one.id), by=boss)
    db.session.commit()
    send(gateway)
    assert states() == [FiringState.DONE]


@pytest.mark.parametrize("says", ["nothing", "not now"])
def test_it_waits_for_a_crm_that_is_down_and_gives_up_what_it_does_not_take(
    on, agreed, make, write, gateway, says
):
    on(said(risk=True))
    write(agreed(), make.idea(), "We cancel.")
    read()
    down = CrmError("It is down", permanent=False)
    refuses = Refusing(gateway, down if says == "nothing" else Outcome(Status.FAILED, message="Locked"))
    start = clock.now()
    for turn in range(10):
        with clock.at(start + timedelta(hours=turn)), contextlib.suppress(CrmError):
            send(refuses)
    one = db.session.query(CrmFiring).one()
    wanted = {
        "nothing": (FiringState.WAITING, "It is down"),
        "not now": (FiringState.FAILED, "Given up after 8 tries: Locked"),
    }
    assert (one.state, one.failure) == wanted[says]


def test_a_contact_that_is_not_there_yet_is_waited_for(on, make, write, gateway):
    on(said(risk=True))
    write(make.person(crm_consent=True, crm_consent_at=clock.now()), make.idea(), "We cancel.")
    read()
    send(gateway)
    one = db.session.query(CrmFiring).one()
    assert one.state == FiringState.WAITING
    assert one.failure == "The contact is not in the CRM yet."
    assert gateway.records.activities == {}


def test_a_batch_costs_the_same_however_much_is_in_it(on, agreed, make, write, at_most):
    on(said(risk=True))
    idea, person = make.idea(), agreed()
    for _ in range(30):
        write(person, idea, "We cancel.")
    db.session.commit()
    with at_most(queries=20):
        read()
    assert len(states()) == 30


def test_the_first_task_of_a_fresh_store_makes_its_tables(on, agreed, make, write, settings, store):
    """Nothing was ever pushed into it, or the file went."""
    on(said(risk=True))
    write(agreed(), make.idea(), "We cancel.")
    read()
    gateway = Embedded({"path": str(store)})
    send(gateway)
    assert states() == [FiringState.DONE]
    assert len(gateway.store.read("SELECT ref FROM activity")) == 1
    gateway.close()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"when": "question_asked", "status": "planned"}, "Only an idea that changes its status gets one."),
        ({"when": "idea_submitted", "hours": "4"}, "Hours are waited for an answer alone."),
        ({"when": "idea_submitted", "times": "3"}, "Only texts, votes and questions are counted."),
        ({"when": "status_changed", "role": "customer"}, "accounts are asked about and not one person."),
        ({"when": "status_changed", "voter": "y"}, "accounts are asked about and not one person."),
        ({"when": "points_reached", "points": "9", "words": "slow"}, "so no word can be found."),
        ({"then": "task", "tag": "urgent"}, "Only what puts a label on needs one."),
    ],
)
def test_what_does_not_fit_the_event_is_refused_with_what_to_do(as_, cast, rows, asked, says):
    typed = {"name": "A rule", "when": "text_written", "then": "task", "connection": "embedded"} | asked
    answer = as_(cast.product_manager).post("/crm/rules/", data=typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Leave it empty, or choose" in answer.text
    assert rows(CrmRule) == 0
