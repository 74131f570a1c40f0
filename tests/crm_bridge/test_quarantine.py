"""What the CRM does not take is kept with its words, and does not hold up the rest."""

from datetime import timedelta

import pytest

from portal import clock
from portal.crm_bridge import recording, retrying
from portal.crm_bridge.gateway import CrmError, Outcome, Status
from portal.crm_bridge.models import DEFAULT, CrmDirty, CrmExchange, CrmLink
from portal.database import db
from portal.voting import casting
from tests.crm_bridge.faults import Watched
from tests.factories import EPOCH

BAD_NAME = Outcome(Status.FAILED, message="Name too short", field="name", permanent=True)
LOCKED = Outcome(Status.FAILED, message="Row is locked")


class Refusing(Watched):
    """Gives these answers for these records and lets all else through."""

    def __init__(self, gateway, answers):
        super().__init__(gateway)
        self.answers = answers

    def upsert_many(self, kind, rows):
        self.calls.append(("upsert_many", kind, len(rows)))
        return [
            self.answers.get(row.ref.external_id) or self.gateway.upsert_many(kind, [row])[0] for row in rows
        ]


class Down(Watched):
    def upsert_many(self, kind, rows):
        raise CrmError("Connection refused", permanent=False)


class Unheard(Watched):
    """Takes what it is sent, and its answer is lost on the way."""

    def __init__(self, gateway, kind):
        super().__init__(gateway)
        self.kind = kind

    def upsert_many(self, kind, rows):
        outcomes = self.gateway.upsert_many(kind, rows)
        if kind == self.kind:
            raise CrmError("Timed out", permanent=False)
        return outcomes


def push_unheard(bridge, kind):
    with pytest.raises(CrmError, match="Timed out"):
        bridge.push(gateway=Unheard(bridge.gateway.gateway, kind))
    db.session.rollback()


def link(person):
    db.session.expire_all()
    return db.session.query(CrmLink).filter_by(entity="person", entity_id=person.id).one()


@pytest.fixture
def refusing(bridge):
    return lambda person, outcome: Refusing(bridge.gateway.gateway, {f"person:{person.id}": outcome})


def test_a_refused_record_is_quarantined_with_the_words_of_the_crm(bridge, consenting, refusing, rows):
    ines, tomas = consenting(), consenting()
    counts = bridge.push(gateway=refusing(ines, BAD_NAME))
    assert (counts["created"], counts["quarantined"]) == (1, 1)
    assert (link(ines).state, link(ines).message, link(ines).field) == (
        "quarantined",
        "Name too short",
        "name",
    )
    assert link(tomas).state == "done"
    [said] = db.session.query(CrmExchange).filter_by(entity_id=ines.id).all()
    assert said.answer == {"status": "failed", "message": "Name too short", "field": "name"}
    assert rows(CrmDirty) == 0


def test_it_is_not_sent_again_until_it_says_something_else(bridge, consenting, refusing):
    ines = consenting(name="I")
    deaf = refusing(ines, BAD_NAME)
    bridge.push(gateway=deaf)
    deaf.calls.clear()
    bridge.push(gateway=deaf)
    assert deaf.writes == []
    assert bridge.plan()[1][f"person:{ines.id}"] == "quarantined: Name too short"
    ines.name = "Ines"
    bridge.push()
    assert (link(ines).state, link(ines).message) == ("done", None)


def test_it_is_sent_again_when_staff_say_so(bridge, consenting, refusing):
    ines = consenting()
    bridge.push(gateway=refusing(ines, BAD_NAME))
    assert recording.release(DEFAULT) == 1
    bridge.push_waiting()
    assert link(ines).state == "done"


def test_votes_wait_for_a_contact_that_was_refused(bridge, make, consenting, vote, refusing):
    ines = consenting()
    vote(ines, make.idea())
    counts = bridge.push(gateway=refusing(ines, BAD_NAME))
    assert counts["not sent"] == 1
    assert bridge.held("vote") == {}
    ines.name = "Better"
    bridge.push()
    assert len(bridge.held("vote")) == 1


def test_a_passing_failure_is_tried_again_later(bridge, consenting, refusing, rows):
    ines = consenting()
    with clock.at(EPOCH):
        bridge.push(gateway=refusing(ines, LOCKED))
    assert (link(ines).state, link(ines).attempts) == ("retry", 1)
    assert EPOCH <= link(ines).next_at <= EPOCH + timedelta(seconds=2)
    assert rows(CrmDirty, entity="person") == 1
    with clock.at(EPOCH + timedelta(minutes=1)):
        bridge.push_waiting()
    assert link(ines).state == "done"
    assert rows(CrmDirty) == 0


def test_before_its_time_it_is_not_tried(bridge, consenting, refusing, rows):
    ines = consenting()
    with clock.at(EPOCH):
        bridge.push(gateway=refusing(ines, LOCKED))
        link(ines).next_at = EPOCH + timedelta(seconds=2)
        counts = bridge.push()
    assert counts["skipped"] == 1
    assert rows(CrmDirty, entity="person") == 1


def test_after_eight_tries_it_is_given_up(bridge, consenting, refusing):
    ines = consenting()
    for hour in range(retrying.TRIES):
        with clock.at(EPOCH + timedelta(hours=hour)):
            bridge.push(gateway=refusing(ines, LOCKED))
    assert link(ines).state == "quarantined"
    assert link(ines).message == "Given up after 8 tries: Row is locked"


def test_a_crm_that_is_down_loses_nothing(bridge, make, consenting, vote, rows):
    ines = consenting()
    vote(ines, make.idea())
    with pytest.raises(CrmError, match="Connection refused"):
        bridge.push(gateway=Down(bridge.gateway.gateway))
    assert rows(CrmDirty, entity="person", entity_id=ines.id) == 1
    bridge.push_waiting()
    assert len(bridge.held("vote")) == 1


def test_a_vote_that_was_never_taken_and_is_withdrawn_leaves_nothing(bridge, make, consenting, vote, rows):
    ines, idea = consenting(), make.idea()
    vote(ines, idea)
    refusing = Refusing(bridge.gateway.gateway, {f"vote:{idea.id}:{ines.id}": BAD_NAME})
    bridge.push(gateway=refusing)
    assert rows(CrmLink, entity="vote", state="quarantined") == 1
    casting.withdraw(idea, by=ines)
    bridge.push()
    assert rows(CrmLink, entity="vote") == 0


def test_exchanges_are_bounded(bridge, consenting, rows, monkeypatch):
    monkeypatch.setattr(recording, "KEPT", 5)
    for _ in range(9):
        consenting()
    bridge.push()
    assert rows(CrmExchange) == 5


def test_an_answer_that_is_lost_is_made_good(bridge, consenting):
    ines = consenting()
    push_unheard(bridge, "contact")
    assert (link(ines).state, link(ines).message) == ("retry", recording.NO_ANSWER)
    counts = bridge.push()
    assert (counts["adopted"], counts["created"]) == (1, 0)
    assert list(bridge.held("contact")) == [f"person:{ines.id}"]


def test_who_withdraws_after_a_lost_answer_is_taken_out(bridge, consenting):
    ines = consenting()
    push_unheard(bridge, "contact")
    assert list(bridge.held("contact")) == [f"person:{ines.id}"]
    ines.crm_consent = False
    bridge.push()
    assert bridge.held("contact") == {}


def test_a_vote_that_is_taken_back_after_a_lost_answer_is_taken_out(bridge, make, consenting, vote, rows):
    ines, idea = consenting(), make.idea()
    vote(ines, idea)
    push_unheard(bridge, "vote")
    assert len(bridge.held("vote")) == 1
    casting.withdraw(idea, by=ines)
    counts = bridge.push()
    assert counts["erased"] == 1
    assert bridge.held("vote") == {}
    assert rows(CrmLink, entity="vote") == 0
