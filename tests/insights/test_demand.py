"""The numbers of demand: they follow votes at once, and people, companies and rates as soon as the journal is read."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal import clock
from portal.accounts.placing import place
from portal.activity.auditing import audit_all
from portal.admin.companies import keeping as companies_keeping
from portal.crm_bridge import connecting
from portal.crm_bridge.gateway import Held, Ref
from portal.crm_bridge.pulling import dealing, keeping
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.ideas.models import Idea
from portal.insights import cli, marking, recounting
from portal.voting import casting, vouching
from portal.voting.demand import pricing
from portal.voting.demand.models import Portion, Recount, VoteDay
from portal.voting.models import Proof
from portal.voting.tallying import demand_for
from portal.voting.vouching import Evidence
from tests.factories import EPOCH

AUDITS = {"demand for ideas", "portions and days of demand"}


def wrong():
    """What the audits of demand find; they must have looked."""
    found = audit_all(only=AUDITS)
    assert all(each.compared for each in found)
    return [text for each in found for text in each.differences]


def numbers(idea):
    db.session.refresh(idea)
    return idea.people, idea.accounts, idea.revenue, idea.unpriced, idea.account_weight


def test_they_move_with_each_vote(make, cast):
    idea = make.idea(board=make.board(votes_against=True))
    colleague, alone = make.person(company=cast.company), make.person()
    krona = make.person(company=make.company(revenue=500, currency="SEK"))
    for person in (cast.customer, colleague, cast.other_customer, alone, krona):
        casting.cast(idea, by=person)
    assert numbers(idea) == (5, 3, 129_000, 1, 1414 + 1000 + 1000 + 1000)
    casting.cast(idea, by=colleague, value=-1)
    casting.withdraw(idea, by=krona)
    casting.withdraw(idea, by=alone)
    assert numbers(idea) == (2, 2, 129_000, 0, 2000)
    casting.withdraw(idea, by=cast.customer)
    casting.withdraw(idea, by=cast.other_customer)
    casting.withdraw(idea, by=colleague)
    assert numbers(idea) == (0, 0, 0, 0, 0)


def test_a_vote_for_a_company_counts_the_account_and_no_person(make, cast):
    idea = make.idea()
    by, evidence = cast.product_manager, Evidence(Proof.CALL, text="They said so.")
    vote = vouching.add(idea, by=by, voter=cast.company, evidence=evidence)
    assert numbers(idea) == (0, 1, 120_000, 0, 1000)
    casting.cast(idea, by=cast.customer)
    assert numbers(idea) == (1, 1, 120_000, 0, 1414)
    vouching.remove(vote, idea, by=by)
    assert numbers(idea) == (1, 1, 120_000, 0, 1000)
    db.session.commit()


def test_forty_voters_of_one_firm_weigh_less_than_twenty_firms(make):
    crowded, spread, firm = make.idea(), make.idea(), make.company()
    for _ in range(40):
        casting.cast(crowded, by=make.person(company=firm))
    for _ in range(20):
        casting.cast(spread, by=make.person(company=make.company()))
    assert numbers(crowded)[4] == 6325
    assert numbers(spread)[4] == 20_000


def test_they_follow_people_companies_and_rates(make, cast, catch_up):
    idea = make.idea()
    casting.cast(idea, by=cast.customer)
    krona = make.company(revenue=1_000_000, currency="SEK", tier="small")
    there = {"name": krona.name, "tier": "small", "segment": None, "owner": None, "renews_on": None}
    place(cast.customer, krona, by=cast.admin)
    catch_up()
    assert numbers(idea) == (1, 1, 0, 1, 1000)
    pricing.enter("SEK", Decimal("0.09"), on=date(2026, 1, 1), by=cast.admin)
    catch_up()
    assert numbers(idea) == (1, 1, 90_000, 0, 1000)
    companies_keeping.change(
        krona, by=cast.admin, domains=[], **there | {"revenue": Decimal(2_000_000), "currency": "SEK"}
    )
    catch_up()
    assert numbers(idea) == (1, 1, 180_000, 0, 1000)
    place(cast.customer, None, by=cast.admin)
    catch_up()
    cli.fold_waiting()
    assert numbers(idea) == (1, 0, 0, 0, 1000)
    assert wrong() == []


def test_what_has_no_rate_is_counted_apart_and_said(make, cast):
    idea = make.idea()
    for currency, revenue in (("SEK", 100), ("SEK", 100), ("DKK", 50), ("USD", 1000), ("USD", None)):
        person = make.person(company=make.company(revenue=revenue, currency=currency))
        casting.cast(idea, by=person)
    pricing.enter("USD", Decimal("0.9"), on=date(2026, 2, 1), by=cast.admin)
    db.session.commit()
    demand = demand_for(idea.id)
    assert (demand.at_stake, demand.house, demand.companies) == (900, "EUR", 5)
    assert demand.unpriced_words == "2 accounts in SEK and 1 in DKK without a rate"
    assert demand.rates_of == date(2026, 2, 1)
    assert pricing.currencies_without_rate() == {"SEK": 2, "DKK": 1}


def test_a_new_house_currency_needs_new_rates(make, cast, catch_up):
    idea = make.idea()
    for person in (cast.customer, make.person(company=make.company(revenue=1000, currency="USD"))):
        casting.cast(idea, by=person)
    pricing.enter("USD", Decimal("0.9"), on=date(2026, 2, 1), by=cast.admin)
    catch_up()
    assert numbers(idea)[2:4] == (120_900, 0)
    assert pricing.choose_house("USD", by=cast.admin)
    assert not pricing.choose_house("USD", by=cast.admin)
    catch_up()
    assert numbers(idea)[2:4] == (1000, 1)
    assert [(each.currency, each.rate) for each in pricing.rates()] == [("USD", 1)]
    assert {each.currency for each in pricing.earlier_rates()} == {"USD"}
    with pytest.raises(Conflict, match="house currency"):
        pricing.enter("USD", Decimal(2), on=date(2026, 2, 1), by=cast.admin)


def test_a_rate_is_entered_by_an_admin_once(cast):
    on = date(2026, 2, 1)
    with pytest.raises(NotAllowed):
        pricing.enter("USD", Decimal("0.9"), on=on, by=cast.product_manager)
    assert pricing.enter("USD", Decimal("0.9"), on=on, by=cast.admin)
    assert not pricing.enter("USD", Decimal("0.9"), on=on, by=cast.admin)
    assert pricing.enter("USD", Decimal("0.91"), on=on, by=cast.admin)
    db.session.commit()
    assert [each.rate for each in pricing.rates()] == [Decimal("0.91")]


def portions(idea):
    return {
        each.among: (each.people, each.accounts)
        for each in db.session.query(Portion).filter_by(idea_id=idea.id)
    }


def test_windows_pass_with_the_days(make, cast, catch_up):
    idea, now = make.idea(), clock.now()
    cast.other_company.segment = "Food"
    for age, person in ((0, cast.customer), (20, cast.other_customer), (200, make.person())):
        with clock.at(now - timedelta(days=age)):
            casting.cast(idea, by=person)
    catch_up()
    cli.fold_waiting()
    assert portions(idea) == {
        "7": (1, 1), "30": (2, 2), "90": (2, 2), "365": (3, 2),
        "tier:enterprise": (1, 1), "tier:small": (1, 1), "segment:Food": (1, 1),
    }  # fmt: skip
    with clock.at(now + timedelta(days=11)):
        assert cli.fold_waiting() == 1
        assert {key: portions(idea)[key] for key in ("30", "90")} == {"30": (1, 1), "90": (2, 2)}
        assert "7" not in portions(idea)
        assert wrong() == []
        assert cli.fold_waiting() == 0
    assert sorted(each.votes for each in db.session.query(VoteDay)) == [1, 1, 1]


def test_what_waits_grows_by_the_day_and_a_word_of_staff_ends_it(make, cast, catch_up):
    from portal.discussion.writing import write
    from portal.ideas.deciding import change_status

    now = clock.now()
    idea = make.idea(created_at=now - timedelta(days=10), imported_up=5)
    casting.cast(idea, by=cast.customer)
    catch_up()
    cli.fold_waiting()
    db.session.refresh(idea)
    assert idea.waiting == 6 * 10
    write(idea, by=cast.customer, body="Please")
    db.session.refresh(idea)
    assert idea.waiting == 60
    write(idea, by=cast.moderator, body="We look at it.")
    db.session.commit()
    db.session.refresh(idea)
    assert (idea.waiting, idea.last_staff_word_at is not None) == (0, True)
    with clock.at(now + timedelta(days=3)):
        cli.fold_waiting()
        db.session.refresh(idea)
        assert idea.waiting == 6 * 3
        change_status(idea, to="planned", by=cast.product_manager)
        catch_up()
        cli.fold_waiting()
        db.session.refresh(idea)
        assert idea.waiting == 0
        assert wrong() == []


def test_a_rebuild_mends_whatever_is_wrong(make, cast, run, catch_up):
    ideas = [make.idea() for _ in range(3)]
    casting.cast(ideas[0], by=cast.customer)
    catch_up()
    cli.fold_waiting()
    db.session.query(Idea).update({"accounts": 7, "rising": 3.0})
    db.session.query(VoteDay).delete()
    db.session.commit()
    assert len(wrong()) >= 7
    result = run("insights", "rebuild")
    assert (result.exit_code, result.output) == (0, "Counted the demand for 3 ideas.\n")
    assert wrong() == []
    assert run("insights", "fold").output == "Counted the demand for 0 ideas.\n"


def test_much_at_once_is_marked_and_counted_by_and_by(make, cast, catch_up, monkeypatch, rows):
    monkeypatch.setattr("portal.insights.following.MOST_AT_ONCE", 2)
    for _ in range(4):
        casting.cast(make.idea(), by=cast.customer)
    place(cast.customer, cast.other_company, by=cast.admin)
    catch_up()
    assert rows(Recount) == 4
    marking.mark_all()
    assert rows(Recount) == 4
    recounting.recount_marked()
    db.session.commit()
    assert rows(Recount) == 0
    assert {each.revenue for each in db.session.query(Idea)} == {9_000}


class Moving(RuleBasedStateMachine):
    """Votes come and go, people change company, companies grow, rates change; days pass."""

    make = cast = None

    def __init__(self):
        super().__init__()
        self.ideas = [self.make.idea(created_at=EPOCH) for _ in range(2)]
        self.people = [self.cast.customer, self.cast.other_customer, self.make.person()]
        self.companies = [self.cast.company, self.cast.other_company, None]
        connecting.make_default()
        for number, company in enumerate(self.companies[:2]):
            account = keeping.row("embedded", "account", Held(Ref("", f"a{number}"), {}), None, EPOCH)
            keeping.keep([account | {"entity_id": company.id}])
        self.now = EPOCH + timedelta(days=400)

    @rule(who=st.integers(0, 2), which=st.integers(0, 1), value=st.sampled_from([1, 1, 0]))
    def vote(self, who, which, value):
        with clock.at(self.now):
            if value:
                casting.cast(self.ideas[which], by=self.people[who])
            else:
                casting.withdraw(self.ideas[which], by=self.people[who])

    @rule(who=st.integers(0, 2), where=st.integers(0, 2))
    def move(self, who, where):
        place(self.people[who], self.companies[where], by=self.cast.admin)

    @rule(rate=st.sampled_from(["0.5", "2"]))
    def price(self, rate):
        self.cast.company.currency = "USD"
        pricing.enter("USD", Decimal(rate), on=date(2026, 1, 1), by=self.cast.admin)

    @rule(which=st.integers(0, 2), amount=st.sampled_from([None, 500, 700]), closed=st.booleans())
    def deal(self, which, amount, closed):
        """Sales open a deal with a company, change it, or close it; of the third account nobody knows whose it is."""
        fields = {
            "title": "Renewal",
            "account": f"a{which}",
            "amount": amount,
            "currency": "USD",
            "closed": closed,
        }
        dealing.land("embedded", "EUR", [Held(Ref("", f"d{which}"), fields)])

    @rule(days=st.sampled_from([1, 8, 40]))
    def wait(self, days):
        self.now += timedelta(days=days)

    @invariant()
    def every_number_equals_its_rows(self):
        from portal.activity import reading

        db.session.commit()
        with clock.at(self.now):
            reading.catch_up_all()
            cli.fold_waiting()
            assert wrong() == []
            for idea in self.ideas:
                demand = demand_for(idea.id)
                assert numbers(idea)[:3] == (demand.people, demand.companies, demand.at_stake)
                assert (idea.deals, idea.deals_worth) == (demand.deals, demand.deals_worth)


@pytest.mark.only_on("sqlite")
def test_whatever_happens_in_whatever_order_numbers_equal_rows(make, cast):
    Moving.make, Moving.cast = make, cast
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    fast = settings(
        max_examples=12,
        stateful_step_count=10,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=checks,
    )
    run_state_machine_as_test(Moving, settings=fast)


def test_the_worker_counts_what_is_marked(make, cast, app, rows):
    idea = make.idea()
    casting.cast(idea, by=cast.customer)
    db.session.query(Idea).update({"accounts": 7})
    marking.mark_all()
    db.session.commit()
    jobs = app.extensions["jobs"]
    jobs.ask("fold_demand")
    while (task := jobs.huey.dequeue()) is not None:
        jobs.huey.execute(task)
    db.session.rollback()
    assert rows(Recount) == 0
    assert numbers(idea)[1] == 1
