"""What was hidden and comes back fires after all, once, as of the moment at which it came back."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity import journal
from portal.activity.events import ContentHidden, ContentRestored, VoteCast
from portal.crm_bridge.rules import restoring
from portal.crm_bridge.rules.models import CrmFiring, FiringState
from portal.database import db
from tests.crm_bridge.rules.conftest import act, read, said, send, states


def turn(thing, subject):
    """Hide it, or restore it."""
    event = ContentRestored if thing.hidden_at else ContentHidden
    thing.hidden_at = None if thing.hidden_at else clock.now()
    journal.record(event(actor_id=None, subject=subject, subject_id=thing.id, reason="Why"))
    db.session.commit()


@pytest.mark.parametrize("looked_at", ["before", "while it is hidden", "afterwards"])
@pytest.mark.parametrize("what", ["idea", "post"])
def test_what_comes_back_fires_once_and_is_sent(on, boss, agreed, make, write, gateway, what, looked_at):
    on(said(risk=True))
    on(said(risk=True, then="mail", person_id=boss.id))
    idea = make.idea(title="Offline mode")
    thing = {"idea": idea, "post": write(agreed(), idea, "We cancel.")}[what]
    if looked_at == "before":
        read()
    turn(thing, what)
    if looked_at != "afterwards":
        read()
        send(gateway)
    assert gateway.records.activities == {}
    turn(thing, what)
    for _ in range(2):
        read()
        send(gateway)
        act()
    assert len(gateway.records.activities) == 1
    assert states() == [FiringState.DONE] * 2


def test_only_what_happened_lately_and_since_the_rule_is_on_comes_back(on, agreed, make, write):
    person, now = agreed(company=make.company(renews_on=clock.now().date() + timedelta(days=80))), clock.now()
    early = write(person, make.idea(), "We cancel.")
    turn(early, "post")
    on(said(risk=True, renews_within=60))
    with clock.at(now + timedelta(hours=1)):
        late = write(person, make.idea(), "We cancel.")
        turn(late, "post")
        turn(early, "post")
        read()
    assert states() == []
    # Seen as of the day on which it comes back, the renewal is near.
    with clock.at(now + timedelta(days=25)):
        turn(late, "post")
        read()
    assert states() == [FiringState.WAITING]
    with clock.at(now + timedelta(days=26)):
        old = write(person, make.idea(), "We cancel.")
        turn(old, "post")
        read()
    with clock.at(now + timedelta(days=27) + restoring.LOOKS_BACK):
        turn(old, "post")
        read()
    assert [each.post_id for each in db.session.query(CrmFiring).order_by(CrmFiring.id)] == [late.id]


def test_of_what_is_counted_the_third_comes_back_once(on, make, write):
    on(said(words=("broken",), times=3, days=30))
    idea, other, start = make.idea(), make.idea(), clock.now()
    with clock.at(start + timedelta(days=1)):
        posts = [write(make.person(), idea, "broken") for _ in range(3)]
    turn(posts[1], "post")
    read()
    assert states() == []
    with clock.at(start + timedelta(days=2)):
        turn(posts[1], "post")
        read()
    assert [each.idea_id for each in db.session.query(CrmFiring).order_by(CrmFiring.id)] == [idea.id]
    with clock.at(start + timedelta(days=3)):
        many = [write(make.person(), other, "broken") for _ in range(5)]
        turn(other, "idea")
        read()
        turn(other, "idea")
        read()
        turn(many[0], "post")
        turn(many[0], "post")
        read()
    assert [each.idea_id for each in db.session.query(CrmFiring).order_by(CrmFiring.id)] == [
        idea.id,
        other.id,
    ]


def test_a_question_that_comes_back_or_loses_its_only_answer_has_none(on, make, ask):
    on(said("question_unanswered", hours=24))
    start, asker = clock.now(), make.person()
    with clock.at(start + timedelta(hours=1)):
        back, spammed, fine = ask(asker), ask(asker), ask(asker)
        spam = make.reply(spammed, created_at=clock.now())
        make.reply(fine, created_at=clock.now())
        turn(back, "topic")
        turn(fine, "topic")
    with clock.at(start + timedelta(hours=20)):
        turn(fine, "topic")
        read()
    assert states() == []
    with clock.at(start + timedelta(hours=30)):
        for thing, subject in ((back, "topic"), (spam, "post")):
            turn(thing, subject)
            read()
            read()
    assert [each.topic_id for each in db.session.query(CrmFiring).order_by(CrmFiring.id)] == [
        back.id,
        spammed.id,
    ]


def test_a_vote_against_an_idea_is_no_vote_for_it(on, make):
    on(said("vote_cast"))
    idea, person = make.idea(), make.person()
    for value in (-1, 1):
        journal.record(VoteCast(actor_id=person.id, idea_id=idea.id, author_id=None, value=value))
    read()
    assert len(states()) == 1
