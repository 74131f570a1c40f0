"""What the CRM holds of companies and of open deals is known here, with its age, and counts for ideas."""

from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import CompanyDomain, Person
from portal.activity.auditing import audit_all
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.pulling.models import CrmDeal, CrmPulled
from portal.database import db
from portal.ideas.models import Idea
from portal.insights.following import DemandReader
from portal.voting.demand import pricing
from tests.crm_bridge.following import catch_up
from tests.crm_bridge.pulling.conftest import ACME, facts, told


def test_what_the_crm_holds_of_a_company_counts_for_ideas_with_its_age(make, cast, vote, enters, pull):
    acme = make.company(name="Acme", tier="Silver", revenue=5, segment="Retail")
    pricing.enter("USD", Decimal("0.9"), on=date(2026, 1, 1), by=cast.admin)
    idea = make.idea()
    vote(make.person(company=acme), idea)
    enters("account", {f"company:{acme.id}": ACME})
    lines, counts = pull()
    assert facts(acme) == ("Gold", Decimal(480_000), "USD", "Energy", "Dana Cole", date(2027, 3, 1))
    assert "Acme: tier Silver -> Gold" in lines
    assert counts["companies changed"] == 1
    assert clock.now() - acme.crm_read_at < timedelta(minutes=1)
    catch_up(DemandReader())
    assert db.session.get_one(Idea, idea.id, populate_existing=True).revenue == 432_000
    assert [each for audit in audit_all() for each in audit.differences] == []
    before = len(told("company_changed"))
    assert pull() == ([], {})
    assert len(told("company_changed")) == before


def test_what_is_taken_away_there_is_taken_away_here_but_not_what_staff_entered(make, enters, pull):
    acme = make.company(tier=None, segment="Retail", owner="Kim")
    key = f"company:{acme.id}"
    enters(
        "account", {key: {"tier": "Gold", "segment": None, "owner": None, "revenue": 10, "currency": None}}
    )
    pull()
    assert facts(acme)[:5] == ("Gold", Decimal(10), "EUR", "Retail", "Kim")
    enters("account", {key: {"tier": None, "revenue": None}})
    pull()
    assert facts(acme)[:5] == (None, None, "EUR", "Retail", "Kim")


def test_what_cannot_be_is_left_out_and_the_rest_lands(make, enters, pull):
    acme = make.company(revenue=7)
    odd = {
        "tier": "  G\u202eold \n" + "x" * 90,
        "revenue": "-5",
        "currency": "dollars",
        "renews_on": "soon",
        "segment": "",
        "owner": "Ünal Ő",
    }
    enters("account", {f"company:{acme.id}": odd, "company:999999": {"tier": "x"}, "theirs": {"tier": "y"}})
    pull()
    tier, revenue, currency, segment, owner, renews_on = facts(acme)
    assert (len(tier), tier[:6]) == (40, "G old ")
    assert (revenue, currency, segment, owner, renews_on) == (Decimal(7), "EUR", None, "Ünal Ő", None)


def test_who_owns_a_field_says_what_is_read(make, enters, pull, run):
    acme, other = make.company(tier="Silver", segment="Retail"), make.company()
    entered = ACME | {"level": "Platinum"}
    enters("account", {f"company:{each.id}": entered for each in (acme, other)})
    assert run("crm", "map", "account.tier", "--owner", "portal_if_blank", "--to", "level").exit_code == 0
    assert run("crm", "unmap", "account.segment", "--leave").exit_code == 0
    refused = run("crm", "map", "account.owner", "--owner", "portal")
    assert "is read from the CRM" in refused.output
    assert "account.tier" in run("crm", "fields").output
    pull()
    assert (facts(acme)[0], facts(acme)[3], facts(other)[0]) == ("Silver", "Retail", "Platinum")
    # With other names, everything is read again.
    assert run("crm", "map", "account.tier", "--to", "tier").exit_code == 0
    pull()
    assert (facts(acme)[0], facts(other)[0]) == ("Gold", "Gold")


def test_an_account_is_known_by_its_domain_and_never_by_its_name(make, enters, pull):
    acme, twin = make.company(name="Acme"), make.company(name="Twin")
    db.session.add(CompanyDomain(domain="acme.example", company_id=acme.id))
    db.session.add(CompanyDomain(domain="twin.example", company_id=twin.id))
    ines = make.person(email="ines@plant.acme2.example", company=None)
    ids = enters(
        "account",
        {
            "a": {
                "name": "Something",
                "tier": "Gold",
                "domains": "https://www.acme.example/about, acme2.example",
            },
            "b": {"name": "Acme", "tier": "Bad", "domains": "gmail.com"},
            "c": {"name": "Both", "tier": "Bad", "domains": "acme.example; twin.example"},
            "d": {"name": "Again", "tier": "Bad", "domains": "acme.example"},
        },
    )
    lines, counts = pull()
    assert (facts(acme)[0], facts(twin)[0]) == ("Gold", None)
    assert counts["unclear"] == 2
    assert any(
        f"account {ids['c']} is nobody's here: Its domains belong to 2 companies." in each for each in lines
    )
    # The second domain came from there, and with it who had confirmed an address below it.
    assert db.session.get_one(Person, ines.id, populate_existing=True).company_id == acme.id
    # Where the one that waits is the parent of the one that is known, it takes its place.
    enters("account", {"a": {"parent": ids["d"]}})
    enters("account", {"d": {"tier": "Platinum"}})
    pull()
    assert facts(acme)[0] == "Platinum"
    assert db.session.get_one(CrmPulled, (DEFAULT, "account", ids["a"])).entity_id is None


def test_open_deals_are_kept_while_they_are_open(make, enters, pull, rows):
    acme = make.company()
    ids = enters("account", {f"company:{acme.id}": ACME, "other": {"tier": "x"}})
    deal = {
        "title": "Renewal",
        "amount": 1200,
        "currency": "USD",
        "stage": "Proposal",
        "closes_on": "2027-01-01",
    }
    of = {"account": ids[f"company:{acme.id}"], "closed": None}
    enters("deal", {"d1": deal | of, "d2": deal | of, "d3": deal | of | {"account": ids["other"]}})
    pull()
    kept = db.session.scalars(sa.select(CrmDeal).where(CrmDeal.company_id == acme.id)).all()
    assert [(each.name, each.amount, each.stage) for each in kept] == [
        ("Renewal", Decimal(1200), "Proposal")
    ] * 2
    assert rows(CrmDeal) == 3
    enters("deal", {"d1": {"closed": "won"}})
    pull()
    assert rows(CrmDeal) == 2
