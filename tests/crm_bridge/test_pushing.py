"""A push makes the CRM say what is so here; a second one has nothing to say."""

from datetime import timedelta

from portal import clock
from portal.accounts.models import Person
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.models import CrmDirty, CrmExchange, CrmLink
from portal.database import db
from portal.voting import casting
from tests.crm_bridge.faults import Strict
from tests.crm_bridge.following import catch_up
from tests.factories import EPOCH


def test_a_person_with_votes_becomes_a_record(bridge, make, consenting, vote):
    company = make.company(name="Northwind Utilities")
    ines = consenting(name="Ines Duarte", company=company, reputation=25, accepted_answers=2)
    idea = make.idea(title="Offline mode")
    vote(ines, idea)
    counts = bridge.push()
    assert (counts["created"], counts["updated"]) == (3, 0)
    contact = bridge.held("contact")[f"person:{ines.id}"]
    assert (
        contact | {"points": 25, "votes": 1, "accepted_answers": 2, "open_ideas": "Offline mode"} == contact
    )
    assert contact["profile_url"] == f"https://community.example/people/{ines.id}"
    assert contact["account"] == f"company:{company.id}"
    held = bridge.held("vote")[f"vote:{idea.id}:{ines.id}"]
    assert (held["idea_title"], held["value"], held["withdrawn_at"]) == ("Offline mode", 1, None)
    assert bridge.held("account")[f"company:{company.id}"]["top_ideas"] == "Offline mode (1)"


def test_a_second_push_calls_nobody(bridge, make, consenting, vote):
    idea = make.idea()
    for _ in range(3):
        vote(consenting(company=make.company()), idea)
    bridge.push()
    bridge.gateway.calls.clear()
    counts = bridge.push()
    assert bridge.gateway.calls == []
    assert counts == {"equal": 9, "skipped": 1}


def test_only_fields_that_differ_are_sent(bridge, consenting, rows):
    ines = consenting()
    bridge.push()
    ines.reputation = 40
    bridge.push()
    last = db.session.query(CrmExchange).order_by(CrmExchange.id.desc()).first()
    assert (last.verb, last.sent, last.answer["status"]) == ("update", {"points": 40}, "updated")


def test_a_vote_that_is_taken_back_stays_with_its_date(bridge, make, consenting, vote):
    ines, idea = consenting(), make.idea()
    with clock.at(EPOCH + timedelta(days=1)):
        vote(ines, idea)
    bridge.push()
    with clock.at(EPOCH + timedelta(days=2)):
        casting.withdraw(idea, by=ines)
        db.session.commit()
    bridge.push_waiting()
    held = bridge.held("vote")[f"vote:{idea.id}:{ines.id}"]
    assert (held["cast_at"], held["withdrawn_at"]) == ("2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z")
    bridge.gateway.calls.clear()
    bridge.push()
    assert bridge.gateway.calls == []


def test_a_vote_that_is_cast_again_is_the_same_record(bridge, make, consenting, vote):
    ines, idea = consenting(), make.idea()
    vote(ines, idea)
    bridge.push()
    casting.withdraw(idea, by=ines)
    bridge.push()
    vote(ines, idea)
    bridge.push()
    [held] = bridge.held("vote").values()
    assert held["withdrawn_at"] is None


def test_an_idea_that_changes_changes_the_votes_on_it(bridge, make, consenting, vote):
    idea = make.idea(title="Offline mode")
    for _ in range(3):
        vote(consenting(), idea)
    bridge.push()
    idea.title, idea.status = "Work offline", "planned"
    bridge.push()
    assert {each["idea_title"] for each in bridge.held("vote").values()} == {"Work offline"}
    assert {each["idea_status"] for each in bridge.held("vote").values()} == {"planned"}


def test_a_hidden_idea_keeps_its_words_for_itself(bridge, make, consenting, vote):
    ines, tomas, idea = consenting(), consenting(), make.idea(title="Cheap watches")
    vote(ines, idea)
    bridge.push()
    vote(tomas, idea)
    idea.hidden_at, idea.hidden_reason = EPOCH, "Advertising"
    db.session.commit()
    _, skipped = bridge.plan()
    assert skipped[f"vote:{idea.id}:{tomas.id}"] == "the idea is hidden"
    bridge.push()
    [held] = bridge.held("vote").values()
    assert (held["idea_title"], held["idea_status"], held["idea_url"]) == ("(hidden)", "hidden", None)
    assert {each["open_ideas"] for each in bridge.held("contact").values()} == {""}
    idea.hidden_at = None
    bridge.push()
    assert {each["idea_title"] for each in bridge.held("vote").values()} == {"Cheap watches"}


def test_marks_go_when_they_were_dealt_with(bridge, make, consenting, vote, rows):
    vote(consenting(company=make.company()), make.idea())
    bridge.push_waiting()
    assert rows(CrmDirty) == 0
    assert rows(CrmLink, state="done") == 3


def test_a_mark_that_comes_during_a_push_is_kept(bridge, make, consenting, vote, rows):
    ines = consenting()
    vote(ines, make.idea())
    upsert = bridge.gateway.upsert_many

    def meanwhile(kind, batch):
        if kind == "vote":
            bridge.gateway.upsert_many = upsert
            vote(ines, make.idea())
            catch_up(CrmReader())
        return upsert(kind, batch)

    bridge.gateway.upsert_many = meanwhile
    bridge.push_waiting()
    assert rows(CrmDirty, entity="person") == 1
    bridge.push_waiting()
    assert len(bridge.held("vote")) == 2


def test_who_changes_the_company_changes_both(bridge, make, consenting):
    old, new = make.company(), make.company()
    ines = consenting(company=old)
    bridge.push()
    db.session.get(Person, ines.id).company_id = new.id
    bridge.push()
    bridge.push_waiting()
    held = bridge.held("account")
    assert [held[f"company:{each.id}"]["participants"] for each in (old, new)] == [0, 1]


def test_a_record_that_is_gone_is_written_anew(bridge, make, consenting, vote):
    ines = consenting()
    vote(ines, make.idea())
    bridge.push()
    [record] = bridge.gateway.fetch_changed("contact", "", 9).records
    bridge.gateway.erase("contact", [record.ref])
    ines.name = "Ines D."
    bridge.push()
    [contact] = bridge.held("contact").values()
    assert contact["name"] == "Ines D."
    assert contact["email"] == ines.email
    assert len(bridge.held("vote")) == 1


def test_one_bad_row_does_not_hold_up_the_others(bridge, consenting, rows):
    people = [consenting() for _ in range(20)]
    bad = f"person:{people[7].id}"
    strict = Strict(bridge.gateway.gateway, {bad})
    counts = bridge.push(gateway=strict)
    assert (counts["created"], counts["quarantined"]) == (19, 1)
    # Halving 20 down to one takes nine calls more than the one that was refused, and one look before.
    assert len(strict.writes) <= 11
    link = db.session.query(CrmLink).filter_by(state="quarantined").one()
    assert (link.message, link.remote_id) == ("One of the rows is invalid", None)
