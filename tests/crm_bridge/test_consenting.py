"""Nobody is written who did not agree; who takes it back is taken out."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity import journal
from portal.activity.events import ConsentChanged
from portal.crm_bridge import planning
from portal.crm_bridge.models import CrmDirty, CrmExchange, CrmLink, CrmTombstone
from portal.database import db
from tests.crm_bridge.conftest import VOICE
from tests.factories import EPOCH


def agree(person, granted, at):
    """What the page of a person does when they change their mind."""
    with clock.at(at):
        person.crm_consent, person.crm_consent_at = granted, at
        journal.record(ConsentChanged(actor_id=person.id, person_id=person.id, granted=granted))
        db.session.commit()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"crm_consent": False}, "no consent"),
        ({"crm_consent": True, "confirmed_at": None}, "mail address not confirmed"),
        ({"crm_consent": True, "erased_at": EPOCH}, "erased"),
        (
            {
                "crm_consent": True,
                "confirmed_at": None,
                "email": None,
                "source_system": "old",
                "source_id": "1",
            },
            "imported, never claimed",
        ),
    ],
)
def test_who_is_left_out_and_why(bridge, make, vote, fields, reason):
    person = make.person(**fields)
    vote(person, make.idea())
    changes, skipped = bridge.plan()
    assert changes == {}
    assert skipped[f"person:{person.id}"] == reason
    bridge.push()
    assert bridge.gateway.writes == []


def test_an_imported_person_who_claimed_the_account_and_agreed_is_written(bridge, consenting):
    person = consenting(source_system="old", source_id="1")
    bridge.push()
    assert list(bridge.held("contact")) == [f"person:{person.id}"]


def test_consent_taken_back_takes_the_record_out(bridge, make, consenting, vote, rows):
    ines, tomas, idea = consenting(), consenting(), make.idea()
    for person in (ines, tomas):
        vote(person, idea)
    bridge.push()
    agree(ines, False, EPOCH + timedelta(days=9))
    with clock.at(EPOCH + timedelta(days=9)):
        counts = bridge.push_waiting()
    assert counts["erased"] == 2
    assert list(bridge.held("contact")) == [f"person:{tomas.id}"]
    assert list(bridge.held("vote")) == [f"vote:{idea.id}:{tomas.id}"]
    assert rows(CrmLink, entity_id=ines.id) == 0
    [kept] = db.session.query(CrmExchange).filter_by(entity_id=ines.id, entity="person").all()
    assert (kept.verb, kept.sent) == ("erase", {})
    [stone] = db.session.query(CrmTombstone).all()
    assert (stone.entity_id, stone.reason, stone.lifted_at) == (ines.id, "no consent", None)
    assert rows(CrmDirty) == 0


def test_a_backfill_does_not_raise_the_dead(bridge, consenting):
    ines = consenting()
    bridge.push()
    with clock.at(EPOCH + timedelta(days=9)):
        agree(ines, False, EPOCH + timedelta(days=9))
        bridge.push()
    # An import or a restored table brings the old yes back; it is older than the tombstone.
    ines.crm_consent, ines.crm_consent_at = True, EPOCH
    bridge.push()
    assert bridge.held("contact") == {}
    _, skipped = bridge.plan()
    assert skipped[f"person:{ines.id}"] == "erased there, no new consent since"


def test_a_new_yes_makes_a_new_record(bridge, make, consenting, vote):
    ines = consenting()
    vote(ines, make.idea())
    bridge.push()
    with clock.at(EPOCH + timedelta(days=9)):
        agree(ines, False, EPOCH + timedelta(days=9))
        bridge.push()
    agree(ines, True, EPOCH + timedelta(days=10))
    bridge.push_waiting()
    assert list(bridge.held("contact")) == [f"person:{ines.id}"]
    assert len(bridge.held("vote")) == 1
    assert db.session.query(CrmTombstone).one().lifted_at is not None


def test_an_erased_person_never_comes_back(bridge, consenting):
    ines = consenting()
    bridge.push()
    ines.erased_at, ines.email = EPOCH + timedelta(days=9), None
    bridge.push()
    ines.crm_consent_at = EPOCH + timedelta(days=99)
    bridge.push()
    assert bridge.held("contact") == {}


def test_a_mail_address_that_waits_for_its_proof_only_pauses_the_record(bridge, consenting):
    ines = consenting(name="Ines")
    bridge.push()
    ines.confirmed_at, ines.name = None, "Ines D."
    bridge.push()
    assert bridge.held("contact")[f"person:{ines.id}"]["name"] == "Ines"
    ines.confirmed_at = EPOCH
    bridge.push()
    assert bridge.held("contact")[f"person:{ines.id}"]["name"] == "Ines D."


def test_consent_that_goes_between_plan_and_push_is_respected(bridge, make, consenting, vote):
    ines, tomas = consenting(), consenting()
    for person in (ines, tomas):
        vote(person, make.idea())
    sheets = list(planning.everything(VOICE))
    db.session.rollback()
    agree(ines, False, EPOCH + timedelta(days=1))
    counts = bridge.push(lambda _voice: iter(sheets))
    assert list(bridge.held("contact")) == [f"person:{tomas.id}"]
    assert counts["not sent"] == 2
    assert [key.split(":")[2] for key in bridge.held("vote")] == [str(tomas.id)]


def test_consent_that_goes_between_contact_and_votes_is_respected(bridge, make, consenting, vote):
    ines = consenting()
    vote(ines, make.idea())
    upsert = bridge.gateway.upsert_many

    def meanwhile(kind, batch):
        outcomes = upsert(kind, batch)
        if kind == "contact":
            agree(ines, False, EPOCH + timedelta(days=1))
        return outcomes

    bridge.gateway.upsert_many = meanwhile
    bridge.push()
    assert bridge.held("vote") == {}
    bridge.push_waiting()
    assert bridge.held("contact") == {}


def test_consent_that_comes_back_before_the_erasure_stops_it(bridge, consenting):
    ines = consenting()
    bridge.push()
    agree(ines, False, EPOCH + timedelta(days=1))
    sheets = list(planning.everything(VOICE))
    agree(ines, True, EPOCH + timedelta(days=2))
    bridge.push(lambda _voice: iter(sheets))
    assert list(bridge.held("contact")) == [f"person:{ines.id}"]


def test_a_company_counts_only_those_who_agreed(bridge, make, consenting, vote):
    company, idea = make.company(), make.idea()
    vote(consenting(company=company), idea)
    vote(make.person(company=company), idea)
    bridge.push()
    [account] = bridge.held("account").values()
    assert (account["participants"], account["votes"]) == (1, 1)


def test_tallies_without_voters_make_no_votes(bridge, make, consenting):
    consenting()
    make.idea(imported_up=400, imported_down=20, source_system="old", source_id="1")
    bridge.push()
    assert bridge.held("vote") == {}
