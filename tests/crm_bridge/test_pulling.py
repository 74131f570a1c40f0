"""The way back: what the CRM holds of companies, people and deals is known here, with its age, and counts."""

from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from portal import clock
from portal.accounts import erasing
from portal.accounts.models import Company, CompanyDomain, Person
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.crm_bridge import connecting, leasing
from portal.crm_bridge.embedded.filling import fill, take_out
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmLink, CrmTombstone
from portal.crm_bridge.pulling import cli, rereading
from portal.crm_bridge.pulling.models import CrmCursor, CrmDeal, CrmPulled, CrmReread
from portal.database import db
from portal.ideas.models import Idea
from portal.insights.following import DemandReader
from portal.voting.demand import pricing
from tests.crm_bridge.following import catch_up


@pytest.fixture
def enters(store):
    """`enters("account", {"company:1": {...}})`: somebody in the CRM enters that; returns the ids there."""
    return lambda kind, records: fill(store, kind, records)


@pytest.fixture
def pull(settings, store):
    """Pull from the embedded store; returns the lines and the counts."""

    def pulled(steps=None):
        lines, counts = [], {}
        db.session.commit()
        with closing(cli.pull(connecting.find(DEFAULT), settings)) as going:
            for number, step in enumerate(going):
                lines += step.lines
                counts |= step.counts
                if number == steps:
                    break
        db.session.expire_all()
        return lines, counts

    return pulled


def facts(company):
    db.session.refresh(company)
    names = ("tier", "revenue", "currency", "segment", "owner", "renews_on")
    return tuple(getattr(company, name) for name in names)


ACME = {
    "tier": "Gold",
    "revenue": 480_000,
    "currency": "USD",
    "segment": "Energy",
    "owner": "Dana Cole",
    "renews_on": "2027-03-01",
}


def told(kind):
    return db.session.scalars(sa.select(Entry).where(Entry.kind == kind)).all()


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


def test_who_wants_no_news_there_is_known_and_who_may_not_be_written_is_not_read(
    make, cast, as_, consenting, enters, pull
):
    ines, tomas, gone = consenting(), make.person(), consenting()
    db.session.flush()
    db.session.add(CrmConnection(name=DEFAULT, vendor="embedded", settings={}))
    db.session.flush()
    db.session.add(
        CrmTombstone(
            connection=DEFAULT,
            entity="person",
            entity_id=gone.id,
            remote_type="contact",
            reason="no consent",
            erased_at=clock.now(),
        )
    )
    out = {"mail_opt_out": "true", "do_not_call": "false", "job_role": "Head of Grid", "owner": "Dana"}
    enters("contact", {f"person:{each.id}": out for each in (ines, tomas, gone)})
    lines, _ = pull()
    assert lines == [f"person:{ines.id}: no news by mail"]
    assert "Wants no news by mail" in as_(cast.admin).get(f"/crm/people/{ines.id}").text
    assert [each.entity_id for each in db.session.scalars(sa.select(CrmPulled))] == [ines.id]
    assert db.session.get_one(Person, ines.id).mail_opt_out_at is not None
    enters("contact", {f"person:{ines.id}": {"mail_opt_out": "0"}})
    pull()
    assert db.session.get_one(Person, ines.id, populate_existing=True).mail_opt_out_at is None
    assert len(told("crm_opt_out_pulled")) == 2


def test_a_record_that_was_deleted_there_takes_along_what_came_from_it(make, enters, pull, store, rows):
    acme = make.company(owner="Kim")
    key = f"company:{acme.id}"
    ids = enters("account", {key: ACME | {"owner": None}})
    enters("deal", {"d1": {"title": "Renewal", "account": ids[key]}})
    pull()
    take_out(store, "account", key)
    rereading.ask(DEFAULT, "account", [ids[key]])
    lines, _ = pull()
    assert f"account {ids[key]} is no longer there" in lines
    assert facts(acme) == (None, None, "USD", None, "Kim", None)
    assert (rows(CrmDeal), rows(CrmReread)) == (0, 0)


def test_what_was_not_read_for_a_day_is_read_again(make, enters, pull, store):
    acme = make.company()
    key = f"company:{acme.id}"
    enters("account", {key: ACME})
    with clock.at(clock.now() - timedelta(hours=30)):
        pull()
    take_out(store, "account", key)
    pull()
    assert facts(acme)[0] is None


def test_the_age_is_that_of_the_last_look_not_of_the_last_change(make, enters, pull):
    acme = make.company()
    enters("account", {f"company:{acme.id}": ACME})
    with clock.at(clock.now() - timedelta(hours=3)) as then:
        pull()
    pull()
    assert db.session.get_one(Company, acme.id, populate_existing=True).crm_read_at > then + timedelta(
        hours=2
    )


def test_whoever_stops_a_pull_at_any_step_loses_nothing(make, enters, pull, monkeypatch):
    monkeypatch.setattr("portal.crm_bridge.pulling.fetching.TOGETHER", 3)
    companies = [make.company() for _ in range(10)]
    for number, each in enumerate(companies):
        enters("account", {f"company:{each.id}": {"tier": f"T{number}"}})
    for steps in range(6):
        pull(steps=steps)
        assert db.session.get_one(CrmConnection, DEFAULT).lease_holder is None
    pull()
    assert [facts(each)[0] for each in companies] == [f"T{number}" for number in range(10)]
    assert len(told("company_changed")) == 10


def test_the_command_says_what_changes_and_a_dry_run_keeps_nothing(make, enters, run, rows, store):
    acme = make.company(name="Acme")
    enters("account", {f"company:{acme.id}": ACME})
    tried = run("crm", "pull", "--dry-run")
    assert "Acme: revenue nothing -> 480000" in tried.output
    assert "1 accounts read, 1 companies changed. Nothing was kept." in tried.output
    assert (rows(CrmPulled), rows(CrmCursor), facts(acme)[0]) == (0, 0, None)
    said = run("crm", "pull", "--connection", DEFAULT)
    assert (said.exit_code, "1 companies changed." in said.output) == (0, True)
    assert run("crm", "pull").output == "nothing changed.\n"
    made = run("crm", "connect", "files", "--vendor", "drop", "--set", f"folder={store.parent / 'drop'}")
    assert made.exit_code == 0, made.output
    nothing = run("crm", "pull", "--connection", "files")
    assert "There is nothing to read from files" in nothing.output
    run("crm", "pause")
    assert "is paused" in run("crm", "pull").output


def test_the_worker_reads_when_it_is_time_and_leaves_alone_what_is_paused_or_busy(
    make, enters, settings, rows, caplog
):
    acme = make.company()
    key = f"company:{acme.id}"
    ids = enters("account", {key: ACME})
    db.session.commit()

    def work():
        db.session.rollback()
        cli.pull_due(settings, lambda: False)
        return facts(acme)[0]

    def paused(value):
        db.session.execute(sa.update(CrmConnection).values(paused=value))
        db.session.commit()

    connecting.make_default()
    paused(True)
    assert work() is None
    paused(False)
    holder = leasing.take(DEFAULT)
    db.session.commit()
    assert (work(), "Another push is under way" in caplog.text) == (None, True)
    leasing.give_back(DEFAULT, holder)
    db.session.commit()
    assert work() == "Gold"
    enters("account", {key: {"tier": "Platinum"}})
    assert work() == "Gold"
    rereading.ask(DEFAULT, "account", [ids[key]])
    db.session.commit()
    assert work() == "Platinum"
    enters("account", {key: {"tier": "Silver"}})
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert work() == "Silver"


def test_who_is_erased_is_forgotten_here_too(make, consenting, enters, pull, rows):
    ines = consenting()
    enters("contact", {f"person:{ines.id}": {"mail_opt_out": "true"}})
    pull()
    erasing.erase(db.session.get_one(Person, ines.id), by=None, reason="", texts=False)
    db.session.commit()
    assert (rows(CrmPulled), rows(CrmReread), rows(CrmLink)) == (0, 0, 0)


def test_staff_read_on_the_idea_how_many_deals_want_it_and_on_the_record_what_was_read(
    make, cast, as_, vote, enters, pull
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


def test_two_people_who_swap_their_addresses_keep_what_was_said_of_each(consenting, enters, pull):
    ines, tomas = consenting(email="a@example.com"), consenting(email="b@example.com")
    keys = [f"person:{each.id}" for each in (ines, tomas)]
    enters("contact", dict(zip(keys, [{"mail_opt_out": "1"}, {"mail_opt_out": "0"}], strict=True)))
    pull()
    ines.email = "c@example.com"
    db.session.flush()
    tomas.email = "a@example.com"
    db.session.flush()
    ines.email = "b@example.com"
    enters("contact", {key: {"job_role": "Engineer"} for key in keys})
    pull()
    out = [
        db.session.get_one(Person, each.id, populate_existing=True).mail_opt_out_at for each in (ines, tomas)
    ]
    assert [each is not None for each in out] == [True, False]


@settings_of(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["enter", "blank", "delete", "deal", "win", "reread", "pull"]),
            st.integers(0, 2),
            st.integers(0, 3),
        ),
        max_size=10,
    )
)
def test_in_any_order_of_acts_what_is_here_is_what_is_there(app, make, enters, pull, store, vote, acts):
    """Whatever happens there and whenever it is read: after the last look numbers and deals are those of the CRM."""
    companies, there, open_deals = [make.company() for _ in range(3)], {}, {}
    idea = make.idea()
    for each in companies:
        vote(make.person(company=each), idea)
    store.unlink(missing_ok=True)
    ids = enters("account", {f"company:{each.id}": {"tier": None, "revenue": None} for each in companies})
    for table in (CrmCursor, CrmPulled, CrmDeal, CrmReread):
        db.session.execute(sa.delete(table))
    for act, which, value in [*acts, ("pull", 0, 0)]:
        key = f"company:{companies[which].id}"
        if act in ("enter", "blank"):
            there[key] = (f"T{value}", value * 100) if act == "enter" else (None, None)
            ids |= enters("account", {key: dict(zip(("tier", "revenue"), there[key], strict=True))})
        elif act == "delete":
            rereading.ask(DEFAULT, "account", [ids[key]])
            db.session.commit()
            take_out(store, "account", key)
            there.pop(key, None)
            open_deals = {name: whose for name, whose in open_deals.items() if whose != key}
        elif act in ("deal", "win"):
            name = f"{key}-{value}"
            if key in there:
                enters(
                    "deal",
                    {name: {"title": name, "account": ids[key], "closed": "1" if act == "win" else None}},
                )
                open_deals.pop(name, None) if act == "win" else open_deals.update({name: key})
        elif act == "reread":
            rereading.ask(DEFAULT, "account", [ids[key]])
        else:
            pull()
    found = {f"company:{each.id}": facts(each)[:2] for each in companies}
    assert found == {key: there.get(key, (None, None)) for key in found}
    kept = set(
        db.session.scalars(
            sa.select(CrmDeal.name).where(CrmDeal.company_id.in_([each.id for each in companies]))
        )
    )
    assert kept == set(open_deals)
    catch_up(DemandReader())
    total = sum(revenue or 0 for _, revenue in there.values())
    assert db.session.get_one(Idea, idea.id, populate_existing=True).revenue == total
    assert [each for audit in audit_all() for each in audit.differences] == []
