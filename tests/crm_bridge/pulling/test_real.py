"""Reading from real CRMs, by the commands that somebody would use."""

from contextlib import closing
from decimal import Decimal

import httpx
import pytest
import sqlalchemy as sa

from crms.making import CRMS
from portal.accounts.models import CompanyDomain
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import connect
from portal.crm_bridge.pulling.models import CrmDeal, CrmPulled
from portal.database import db

pytestmark = pytest.mark.only_on("sqlite")
NAMED = ("--connection", "real")


@pytest.fixture
def connected(real_crm, run):
    """Connects the portal to an empty CRM under the name `real`; returns the settings."""

    def connect_to(vendor, kind="test"):
        assert vendor in CRMS
        settings = real_crm(vendor, kind)
        pairs = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        said = run("crm", "connect", "real", "--vendor", vendor, "--private", *pairs)
        assert said.exit_code == 0, said.output
        return settings

    return connect_to


@pytest.fixture
def acme(make):
    company = make.company(name="Acme here")
    db.session.add(CompanyDomain(domain="acme.example", company_id=company.id))
    db.session.commit()
    return company


def pulled(run, *more):
    said = run("crm", "pull", *NAMED, *more)
    assert said.exit_code == 0, said.output
    return said.output


@pytest.mark.real_crm("bottlecrm")
def test_bottlecrm_says_tier_revenue_owner_renewal_and_deals(connected, acme, consenting, run, rows):
    settings = connected("bottlecrm")
    ines = consenting(company=acme)
    db.session.commit()
    headers = {"Authorization": f"Bearer {settings['token']}"}
    with httpx.Client(base_url=f"{settings['url']}/api/", headers=headers, timeout=60) as crm:
        for target, key, type_ in (
            ("Account", "tier", "text"),
            ("Account", "renewal_date", "date"),
            ("Contact", "mail_opt_out", "checkbox"),
        ):
            field = {"target_model": target, "key": key, "label": key, "field_type": type_}
            crm.post("custom-fields/", json=field).raise_for_status()
        account = {"name": "Acme Grid", "website": "https://www.acme.example", "annual_revenue": "480000.00"}
        account |= {"currency": "USD", "industry": "FINANCE"}
        account |= {"custom_fields": {"tier": "Gold", "renewal_date": "2027-03-01"}}
        account_id = crm.post("accounts/", json=account).json()["id"]
        deal = {"name": "Renewal", "account": account_id, "amount": "1200.50", "currency": "EUR"}
        deals = [
            crm.post("opportunities/", json=deal | {"name": name, "stage": "PROSPECTING"}).json()["id"]
            for name in ("One", "Two")
        ]
        pulled(run)
        db.session.refresh(acme)
        assert (acme.tier, acme.revenue, acme.currency) == ("Gold", Decimal(480_000), "USD")
        assert (acme.segment, str(acme.renews_on)) == ("FINANCE", "2027-03-01")
        kept = db.session.scalars(sa.select(CrmDeal)).all()
        assert [(each.company_id, each.amount) for each in kept] == [(acme.id, Decimal("1200.50"))] * 2
        # BottleCRM does not say when an account was changed: each pull compares what it holds.
        assert "companies changed" not in pulled(run)
        db.session.rollback()
        crm.patch(f"accounts/{account_id}/", json={"custom_fields": {"tier": "Platinum"}}).raise_for_status()
        crm.delete(f"opportunities/{deals[0]}/").raise_for_status()
        crm.patch(
            f"opportunities/{deals[1]}/", json={"stage": "CLOSED_WON", "closed_on": "2026-11-20"}
        ).raise_for_status()
        assert "Acme here: tier Gold -> Platinum" in pulled(run)
        # A deal that was won has no row any more; one that was deleted is found by the daily look.
        assert rows(CrmDeal) == 1
        # A contact of ours, after the first push.
        assert run("crm", "push", *NAMED).exit_code == 0
        [only] = crm.get("accounts/").json()["active_accounts"]["open_accounts"]
        assert only["custom_fields"]["community_id"] == f"company:{acme.id}"
        contact = crm.get("contacts/").json()["results"][0]
        change = {"title": "Head of Grid", "do_not_call": True, "custom_fields": {"mail_opt_out": True}}
        crm.patch(f"contacts/{contact['id']}/", json=change).raise_for_status()
        assert f"person:{ines.id}: no news by mail" in pulled(run)
    [known] = db.session.scalars(sa.select(CrmPulled).where(CrmPulled.kind == "contact"))
    assert (known.fields["job_role"], known.fields["do_not_call"]) == ("Head of Grid", True)


@pytest.mark.real_crm("tryton")
def test_tryton_says_what_its_parties_hold_and_follows_those_that_were_replaced(
    connected, acme, consenting, run
):
    settings = connected("tryton")
    there = connect("tryton", settings, Wire(private=True))
    site = {"type": "website", "value": "https://www.acme.example"}
    create = "party.party.create"
    [party] = there.rpc.ask(
        create, [{"name": "Acme Grid", "code": "480000", "contact_mechanisms": [["create", [site]]]}]
    )
    assert run("crm", "map", "account.revenue", "--to", "code", *NAMED).exit_code == 0
    assert run("crm", "map", "account.tier", "--to", "lang.name", *NAMED).exit_code == 0
    pulled(run)
    db.session.refresh(acme)
    assert (acme.revenue, acme.tier) == (Decimal(480_000), None)
    db.session.rollback()
    [language] = there.rpc.read("ir.lang", [["code", "=", "en"]], ["id"])
    there.rpc.ask("party.party.write", [party], {"lang": language["id"]})
    assert "Acme here: tier nothing -> English" in pulled(run)
    assert "companies changed" not in pulled(run)
    # The account that was recognised is the one that the first push writes to.
    consenting(company=acme)
    db.session.commit()
    assert run("crm", "push", *NAMED).exit_code == 0
    [known] = there.rpc.read("party.party", [["community_id", "like", "company:%"]], ["id"])
    assert known["id"] == party
    there.close()


@pytest.mark.real_crm("tryton")
def test_tryton_says_which_opportunities_are_open(connected, real_crm, acme, run, rows):
    settings = connected("tryton", "deals")
    with closing(connect("tryton", settings | real_crm.admin("tryton"), Wire(private=True))) as there:
        ask = there.rpc.ask
        site = {"type": "website", "value": "https://www.acme.example"}
        own, party = ask(
            "party.party.create",
            [{"name": "Our firm"}, {"name": "Acme Grid", "contact_mechanisms": [["create", [site]]]}],
        )
        company = company_of(ask, own)
        [us] = ask("res.user.search", [["login", "=", settings["user"]]], 0, None, None)
        groups = ask("res.group.search", [["name", "ilike", "Sale%"]], 0, None, None)
        rights = {"companies": [["add", [company]]], "company": company, "groups": [["add", groups]]}
        ask("res.user.write", [us], rights)
        me = ask("res.user.search", [["login", "=", "admin"]], 0, None, None)
        ask("res.user.write", me, {"companies": [["add", [company]]], "company": company})
        day = {"__class__": "date", "year": 2027, "month": 1, "day": 31}
        money = {"__class__": "Decimal", "decimal": "1200.50"}
        deal = {
            "company": company,
            "party": party,
            "amount": money,
            "end_date": day,
            "description": "Renewal",
        }
        context = {"company": company, "companies": [company]}
        deals = ask("sale.opportunity.create", [deal, {**deal, "description": "More seats"}], context=context)
        pulled(run)
        kept = db.session.scalars(sa.select(CrmDeal).order_by(CrmDeal.name)).all()
        assert [
            (each.name, each.amount, each.currency, each.stage, str(each.closes_on)) for each in kept
        ] == [(name, Decimal("1200.50"), "USD", "lead", "2027-01-31") for name in ("More seats", "Renewal")]
        assert {each.company_id for each in kept} == {acme.id}
        db.session.rollback()
        ask("sale.opportunity.lost", deals[:1], context=context)
        pulled(run)
        assert [each.name for each in db.session.scalars(sa.select(CrmDeal))] == ["More seats"]


def company_of(ask, party):
    """The firm whose Tryton it is; it cannot be taken away, so that a test which is run again finds it."""
    [currency] = ask("currency.currency.search", [["code", "=", "USD"]], 0, None, None) or ask(
        "currency.currency.create",
        [
            {
                "name": "Dollar",
                "code": "USD",
                "symbol": "$",
                "rounding": {"__class__": "Decimal", "decimal": "0.01"},
                "digits": 2,
            }
        ],
    )
    [company] = ask("company.company.create", [{"party": party, "currency": currency}])
    return company
