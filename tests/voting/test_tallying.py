"""Who wants it: people, companies, and revenue at stake."""

from decimal import Decimal

import pytest

from portal.database import db
from portal.voting import casting
from portal.voting.tallying import Demand, demand_for, money
from tests.factories import EPOCH


def test_people_companies_and_revenue_each_company_once(make, cast, at_most):
    idea = make.idea(board=make.board(votes_against=True), imported_up=40)
    colleague = make.person(company=cast.company)
    alone, against = make.person(), make.person(company=make.company(tier="small", revenue=1_000_000))
    dollars = make.person(
        company=make.company(tier="small", revenue=20_000, currency="USD", crm_read_at=EPOCH)
    )
    for person in (cast.customer, colleague, cast.other_customer, alone, dollars):
        casting.cast(idea, by=person)
    casting.cast(idea, by=against, value=-1)
    db.session.commit()
    idea_id = idea.id
    with at_most(queries=1):
        demand = demand_for(idea_id)
    assert (demand.people, demand.companies) == (5, 3)
    assert demand.revenue == (("EUR", Decimal(129_000)), ("USD", Decimal(20_000)))
    assert demand.mix == (("Enterprise", 2), ("Small", 2), ("No company", 1))
    assert demand.read_at == EPOCH
    assert demand.revenue_words == "€129k + $20k"


def test_nobody_wants_it(make):
    assert demand_for(make.idea().id) == Demand()
    assert Demand().revenue_words == ""


def test_many_tiers_are_at_most_four_parts(make):
    idea = make.idea()
    for n in range(7):
        casting.cast(idea, by=make.person(company=make.company(tier=f"tier {n}")))
    db.session.commit()
    mix = demand_for(idea.id).mix
    assert len(mix) == 4
    assert mix[-1] == ("All others", 4)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (950, "EUR", "€950"),
        (1_000, "EUR", "€1k"),
        (1_940_000, "EUR", "€1.9m"),
        (642_800, "EUR", "€643k"),
        (3 * 10**9, "GBP", "£3bn"),
        (5_250, "CHF", "CHF 5.2k"),
    ],
)
def test_amounts_to_compare(amount, currency, shown):
    assert money(Decimal(amount), currency) == shown
