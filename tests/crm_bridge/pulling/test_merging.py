"""Two records are made one in the CRM: links and numbers follow, whether a pull or a push sees it first."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.activity.auditing import audit_all
from portal.crm_bridge import drifting
from portal.crm_bridge.gateway import Ref, connect
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmField, CrmLink, CrmTombstone
from portal.crm_bridge.pulling import rereading
from portal.crm_bridge.pulling.choosing import chosen
from portal.crm_bridge.pulling.fetching import Pull
from portal.crm_bridge.pulling.landing import Source
from portal.crm_bridge.pulling.models import CrmPulled
from portal.database import db
from portal.ideas.models import Idea
from portal.insights.following import DemandReader
from tests.crm_bridge.conftest import Bridge
from tests.crm_bridge.following import catch_up
from tests.crm_bridge.there import WORKED_IN


@pytest.fixture(params=WORKED_IN)
def vendor(request):
    return request.param


class Both:
    """Pushes and pulls over one connection, each time over a new gateway, as the worker does."""

    def __init__(self, vendor, there):
        self.vendor, self.there = vendor, there
        db.session.add(CrmConnection(name=DEFAULT, vendor=vendor, settings={}))
        db.session.flush()
        if vendor == "tryton":
            field = {"connection": DEFAULT, "kind": "account", "field": "revenue", "owner": "crm"}
            db.session.add(CrmField(**field, remote_name="fax"))
        db.session.commit()

    def _gateway(self):
        return connect(self.vendor, self.there.settings, self.there.wire)

    def push(self):
        bridge = Bridge(self._gateway())
        counts = bridge.push()
        bridge.gateway.close()
        return counts

    def pull(self, *asked):
        """`asked` are (kind, id) of which a message says that they changed."""
        for kind, id_ in asked:
            rereading.ask(DEFAULT, kind, [id_])
        db.session.commit()
        gateway, lines = self._gateway(), []
        for step in Pull(Source(DEFAULT, "EUR"), gateway, chosen(DEFAULT, self.vendor), lambda: None).fetch():
            db.session.commit()
            lines += step.lines
        gateway.close()
        db.session.expire_all()
        return lines

    def drifted(self):
        gateway = self._gateway()
        found = [each for part in drifting.drift(DEFAULT, gateway) for each in part.drifts]
        gateway.close()
        return found

    def votes(self, *keys):
        """What the CRM says of these votes, under whichever contact."""
        gateway = self._gateway()
        held = gateway.read_many("vote", [Ref(each) for each in keys])
        gateway.close()
        return [each and each.fields["value"] for each in held]


@pytest.fixture
def both(app, vendor, there):
    return Both(vendor, there)


def link(entity, entity_id):
    its = {"connection": DEFAULT, "entity": entity, "entity_id": entity_id, "idea_id": 0}
    return db.session.scalar(sa.select(CrmLink.remote_id).filter_by(**its))


def merged(there, company, person, revenue):
    """Somebody there has an account and a contact of their own, and merges ours into them; (kind, theirs, ours)."""
    account = there.account(f"Holding {revenue}", revenue)
    contact = there.contact("I. Duarte", f"holding{revenue}@other.example")
    pairs = [
        ("account", account, link("company", company.id)),
        ("contact", contact, link("person", person.id)),
    ]
    db.session.rollback()
    for pair in pairs:
        there.merge(*pair)
    return pairs


def holds(both, idea, revenue):
    """Nothing is there twice, everything is as it was written, and here is what is there."""
    assert both.there.counts() == (2, 2)
    assert both.push()["equal"] == 8
    assert both.drifted() == []
    catch_up(DemandReader())
    assert db.session.get_one(Idea, idea.id, populate_existing=True).revenue == revenue
    assert [each for audit in audit_all() for each in audit.differences] == []
    db.session.rollback()


@pytest.mark.parametrize("vendor", ["hubspot"])
def test_who_was_erased_there_for_good_stays_away_until_they_agree_anew(
    both, there, make, consenting, vote, rows
):
    """As the law on privacy wants it. A contact that only went into the bin is written again."""
    people, idea = [consenting() for _ in range(3)], make.idea()
    for who in people:
        vote(who, idea)
    both.push()
    ids = [link("person", who.id) for who in people]
    both.pull(*(("contact", each) for each in ids))
    # A message says it of the first; of the second the push that has something new to say hears it.
    there.fake.erase_for_good(ids[0])
    assert f"person:{people[0].id} was erased there" in both.pull(("contact", ids[0]))
    there.fake.erase_for_good(ids[1])
    there.fake.remove(ids[2])
    other = make.idea()
    for who in people:
        vote(who, other)
    for _ in range(2):
        both.push()
    stones = {each.entity_id: (each.remote_id, each.reason) for each in db.session.query(CrmTombstone)}
    assert stones == {people[n].id: (ids[n], "erased by people there") for n in (0, 1)}
    assert [link("person", who.id) is None for who in people] == [True, True, False]
    assert there.counts() == (0, 1)
    assert both.votes(*(f"vote:{idea.id}:{who.id}" for who in people)) == [None, None, 1]
    assert rows(CrmLink) == 3
    assert both.drifted() == []
    people[0].crm_consent_at = clock.now() + timedelta(seconds=1)
    both.push()
    assert there.counts() == (0, 2)
    assert db.session.get_one(CrmTombstone, (DEFAULT, "person", people[0].id)).lifted_at is not None


@pytest.mark.parametrize("vendor", ["salesforce"])
def test_a_lead_leads_to_the_contact_that_it_became_both_ways(both, there, make, consenting):
    ines, tomas, kim = (consenting(email=f"{name}@acme.example") for name in ("ines", "tomas", "kim"))
    # Ines was a lead that became a contact with another address, Tomas one that became two: nobody can say which.
    lead, became = there.fake.convert("Ines@Acme.example")
    for _ in range(2):
        there.fake.convert("tomas@acme.example")
    assert both.push()["adopted"] == 1
    assert link("person", ines.id) == became
    assert there.counts()[1] == 5
    # Kim's contact is there when somebody converts a lead into it.
    its, _ = there.fake.convert("kim@acme.example", link("person", kim.id))
    db.session.rollback()
    both.pull()
    said = {each.entity_id: each.fields["converted_from"] for each in db.session.query(CrmPulled)}
    assert said == {ines.id: lead, tomas.id: None, kim.id: its}
    assert both.push()["equal"] == 3


def test_who_was_merged_there_is_followed_and_nothing_is_there_twice(both, there, make, consenting, vote):
    acme, beta = make.company(name="Acme"), make.company(name="Beta")
    ines, tomas = consenting(company=acme), consenting(company=beta)
    ideas = [make.idea(), make.idea()]
    for who in (ines, tomas):
        vote(who, ideas[0])
    vote(ines, ideas[1])
    both.push()
    for company, revenue in ((acme, 10), (beta, 20)):
        there.say(link("company", company.id), revenue)
    both.pull()
    assert (acme.revenue, beta.revenue) == (10, 20)

    # A pull sees it first.
    pairs = merged(there, acme, ines, 70)
    both.pull(*((kind, ours) for kind, _, ours in pairs))
    assert both.push()["quarantined"] == 0
    both.pull()
    assert [link("company", acme.id), link("person", ines.id)] == [theirs for _, theirs, _ in pairs]
    assert (acme.revenue, beta.revenue) == (70, 20)

    # A push sees it first: it has something new to say of both.
    pairs = merged(there, beta, tomas, 90)
    vote(tomas, ideas[1])
    counts = both.push()
    assert (counts["quarantined"], counts["to be tried again"]) == (0, 0)
    both.pull(*((kind, ours) for kind, _, ours in pairs))
    assert [link("company", beta.id), link("person", tomas.id)] == [theirs for _, theirs, _ in pairs]
    assert (acme.revenue, beta.revenue) == (70, 90)
    keys = [f"vote:{idea.id}:{who.id}" for idea in ideas for who in (ines, tomas)]
    assert both.votes(*keys) == [1] * 4
    both.pull()
    both.push()
    holds(both, ideas[0], 160)
