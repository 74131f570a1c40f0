"""Reading from the large CRMs, each against a fake that answers as it does."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.accounts.models import CompanyDomain, Person
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.gateway import Ref as RefTo
from portal.crm_bridge.gateway import Row, connect
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.models import CrmConnection, CrmDirty, CrmLink
from portal.crm_bridge.pulling import rereading
from portal.crm_bridge.pulling.choosing import chosen
from portal.crm_bridge.pulling.fetching import Pull
from portal.crm_bridge.pulling.landing import Source
from portal.crm_bridge.pulling.models import CrmDeal, CrmPulled
from portal.database import db
from tests.crm_bridge.fakes import FAKES

NAME = "sales"


@pytest.fixture(params=FAKES)
def vendor(request):
    return request.param


@pytest.fixture
def fake(vendor):
    return FAKES[vendor]()


@pytest.fixture
def crm(vendor, fake):
    made = connect(vendor, fake.settings, fake.wire)
    made.ensure_schema(KINDS)
    yield made
    made.close()


@pytest.fixture
def pull(app, vendor, fake, crm):
    """Pulls over a new gateway, as each pull of the worker does; returns the lines."""
    db.session.add(CrmConnection(name=NAME, vendor=vendor, settings={}))
    db.session.commit()

    def pulled():
        gateway = connect(vendor, fake.settings, fake.wire)
        lines = []
        for step in Pull(Source(NAME, "EUR"), gateway, chosen(NAME, vendor), lambda: None).fetch():
            db.session.commit()
            lines += step.lines
        gateway.close()
        db.session.expire_all()
        return lines

    return pulled


def linked(crm, kind, entity, key):
    """A record that we wrote there, with its link; returns its id there."""
    fields = {"name": "Ours", "email": f"ours{key}@example.com"} if kind == "contact" else {"name": "Ours"}
    [said] = crm.upsert_many(kind, [Row(RefTo(f"{entity}:{key}"), fields, 1)])
    link = {"connection": NAME, "entity": entity, "entity_id": key, "remote_type": kind}
    db.session.add(CrmLink(**link, remote_id=said.remote_id, state="done", last_hash="x", last_fields=fields))
    db.session.commit()
    return said.remote_id


def test_company_contact_and_deals_are_read_and_what_changes_follows(fake, crm, pull, make, consenting):
    acme, ines = make.company(name="Acme"), consenting()
    db.session.add(CompanyDomain(domain="acme.example", company_id=acme.id))
    db.session.commit()
    account = fake.enter(
        "account", {"title": "Acme Inc", "tier": "Gold", "revenue": 480_000, "domain": "www.acme.example"}
    )
    contact = linked(crm, "contact", "person", ines.id)
    fake.enter("contact", {"job": "Head of Grid", "out": True}, contact)
    deals = [
        fake.enter("deal", {"title": f"Deal {n}", "account": account, "amount": 1_000 * n}) for n in (1, 2)
    ]
    assert f"person:{ines.id}: no news by mail" in pull()
    assert (acme.tier, acme.revenue, acme.currency, acme.owner) == (
        "Gold",
        Decimal(480_000),
        "EUR",
        "Dana Cole",
    )
    known = db.session.get_one(CrmPulled, (NAME, "contact", contact))
    assert (known.entity_id, known.fields["job_role"]) == (ines.id, "Head of Grid")
    assert db.session.get_one(Person, ines.id).mail_opt_out_at is not None
    kept = db.session.execute(
        sa.select(CrmDeal.name, CrmDeal.amount, CrmDeal.company_id).order_by(CrmDeal.name)
    )
    assert kept.all() == [("Deal 1", 1000, acme.id), ("Deal 2", 2000, acme.id)]
    assert pull() == []
    fake.sleep(60)
    fake.enter("account", {"revenue": 500_000}, account)
    fake.enter("deal", {"closed": True}, deals[0])
    assert pull() == ["Acme: revenue 480000.00 -> 500000.00"]
    assert [each.name for each in db.session.scalars(sa.select(CrmDeal))] == ["Deal 2"]


def test_an_account_that_is_merged_away_takes_its_deals_along_and_is_written_again(fake, crm, pull, make):
    acme = make.company(name="Acme")
    ours = linked(crm, "account", "company", acme.id)
    fake.enter("account", {"tier": "Gold", "revenue": 10}, ours)
    fake.enter("deal", {"title": "Renewal", "account": ours, "amount": 5})
    pull()
    assert acme.revenue == 10
    stayed = fake.enter("account", {"title": "Acme Holding", "revenue": 70, "domain": "holding.example"})
    pull()
    fake.sleep(60)
    fake.join(stayed, ours)
    # HubSpot does not tell it in a search: a message does, or the look once a day.
    rereading.ask(NAME, "account", [ours])
    db.session.commit()
    assert f"account {ours} is part of {stayed} now" in pull()
    assert acme.revenue == 70
    assert db.session.get_one(CrmPulled, (NAME, "account", stayed)).entity_id == acme.id
    assert [each.company_id for each in db.session.scalars(sa.select(CrmDeal))] == [acme.id]
    assert db.session.scalars(sa.select(CrmLink.last_hash)).all() == [None]
    assert db.session.scalars(sa.select(CrmDirty.entity_id)).all() == [acme.id]


def test_what_the_plan_there_does_not_have_is_left_out(vendor, fake, crm):
    names = dict(declaration(vendor).pulls["account"]) | {"tier": "Nothing_Of_That_Name"}
    fake.enter("account", {"title": "Acme"})
    [held] = crm.pull("account", names, "", 10).records
    assert (held.fields["title"], "tier" in held.fields) == ("Acme", False)
    assert crm.look("account", names, ["nobody", "404"]) == [None, None]


def test_12_000_rows_of_one_time_a_late_one_and_a_skewed_clock(vendor, fake, crm):
    """None is missed, and each round ends."""
    names = {"owner": declaration(vendor).pulls["contact"]["owner"]}
    fake.fill(12_000)

    def told(cursor):
        found, more = [], True
        while more:
            changed = crm.pull("contact", names, cursor, 200)
            found += [each.ref.external_id for each in changed.records]
            cursor, more = changed.cursor, changed.more
        return found, cursor

    found, cursor = told("")
    assert sorted(found) == sorted(f"person:{n}" for n in range(1, 12_001))
    # A row whose transaction ended late, and one by a clock that is two minutes behind.
    fake.fill(1, first=20_001, ago=300)
    fake.fill(1, first=20_002, ago=120)
    found, cursor = told(cursor)
    assert sorted(found) == ["person:20001", "person:20002"]
    assert told(cursor)[0] == []
