"""Where what was read is seen, and what of it is only shown."""

import csv

from portal.database import db
from portal.insights.following import DemandReader
from portal.transfer import exporting
from portal.transfer.collecting import Choice
from tests.crm_bridge.following import catch_up
from tests.crm_bridge.pulling.conftest import ACME


def test_staff_read_on_the_idea_how_many_deals_want_it_and_on_the_record_what_was_read(
    make, cast, as_, vote, enters, pull, tmp_path
):
    acme, other = make.company(name="Acme"), make.company()
    idea = make.idea()
    vote(make.person(company=acme), idea)
    ids = enters("account", {f"company:{each.id}": ACME for each in (acme, other)})
    deal = {"title": "Renewal", "amount": 600_000, "currency": "EUR", "stage": "Proposal"}
    accounts = [ids[f"company:{each.id}"] for each in (acme, acme, other)]
    enters("deal", {f"d{n}": deal | {"account": account} for n, account in enumerate(accounts)})
    enters("deal", {"d9": deal | {"account": accounts[0], "currency": "SEK"}})
    pull()
    words = "3 open deals worth €1.2m with companies that want this"
    assert words in as_(cast.product_manager).get(f"/ideas/{idea.id}").text
    for reader in (cast.moderator, cast.customer):
        assert "open deals" not in as_(reader).get(f"/ideas/{idea.id}").text
    catch_up(DemandReader())
    db.session.refresh(idea)
    assert (idea.deals, idea.deals_worth) == (3, 1_200_000)
    desk = as_(cast.product_manager).get("/desk/?sort=deals").text
    for said in ("€1.2m", "3 deals", "open deals, the oldest read"):
        assert said in desk, said
    exporting.export(
        Choice(), format="csv", viewer=cast.product_manager, by=None, path=tmp_path / "ideas.csv"
    )
    [row] = csv.DictReader((tmp_path / "ideas.csv").open(encoding="utf-8-sig"))
    assert (row["open_deals"], row["open_deals_worth"]) == ("3", "1200000")
    record = as_(cast.admin).get(f"/crm/companies/{acme.id}").text
    for said in ("What was read from the CRM", "Dana Cole", "3 open deals", "600,000 EUR, Proposal"):
        assert said in record


def test_what_the_crm_says_of_a_company_is_only_shown_at_the_desk(make, cast, as_, enters, pull):
    acme = make.company(name="Acme", owner="Kim")
    enters("account", {f"company:{acme.id}": {"tier": "Gold", "owner": None}})
    pull()
    ada, path = as_(cast.admin), f"/admin/companies/{acme.id}"
    assert "Read from the CRM. Change it there." in ada.get(path).text
    form = {"name": "Acme Grid", "tier": "Mine", "owner": "Dana", "currency": "EUR", "_method": "PUT"}
    assert ada.post(path, data=form).status_code == 303
    db.session.refresh(acme)
    assert (acme.name, acme.tier, acme.owner) == ("Acme Grid", "Gold", "Dana")
