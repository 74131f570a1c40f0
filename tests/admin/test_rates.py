"""Rates at the desk: entered by an admin, with a day and a name; what has none is said."""

import pytest

from portal.database import db
from portal.voting import casting
from portal.voting.demand.models import Rate


def enter(browser, **fields):
    return browser.post("/admin/rates", data={"currency": "usd", "rate": "0.92", "on": "2026-01-02"} | fields)


def test_a_rate_is_entered_and_the_earlier_one_stays_readable(as_, cast, make, rows):
    make.company(revenue=100, currency="USD")
    ada = as_(cast.admin)
    assert "1 company in USD" in ada.get("/admin/rates").text
    assert enter(ada).status_code == 303
    page = ada.get("/admin/rates").text
    assert "0.92 EUR" in page
    assert "Ada Byrne" in page
    assert "counted apart" not in page
    enter(ada, rate="0.95")
    enter(ada, rate="0.95")
    page = ada.get("/admin/rates").text
    assert "Earlier rates" in page
    assert "0.95 EUR" in page
    assert rows(Rate) == 2


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("currency", "dollars", "three letters"),
        ("rate", "0", "above 0"),
        ("rate", "-1", "above 0"),
        ("rate", "1e400", "above 0"),
        ("rate", "NaN", "above 0"),
        ("rate", "much", "Not a valid decimal"),
        ("on", "2999-01-01", "not come"),
        ("on", "", "Choose the day"),
    ],
)
def test_what_is_no_rate_is_explained_and_kept(as_, cast, rows, field, value, says):
    answer = enter(as_(cast.admin), **{field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert rows(Rate) == 0


def test_the_house_currency_has_no_rate(as_, cast):
    assert enter(as_(cast.admin), currency="EUR").status_code == 409


def test_another_house_currency_ends_the_rates(as_, cast, make):
    ada = as_(cast.admin)
    enter(ada)
    assert ada.put("/admin/rates/house", data={"house": "chf"}).status_code == 303
    page = ada.get("/admin/rates").text
    assert "worth in CHF" in page
    assert "Earlier rates" in page


def test_the_page_of_an_idea_says_the_sum_what_is_apart_and_how_old_it_is(as_, cast, make):
    idea = make.idea()
    for currency in ("USD", "SEK"):
        casting.cast(idea, by=make.person(company=make.company(revenue=100_000, currency=currency)))
    casting.cast(idea, by=cast.customer)
    db.session.commit()
    enter(as_(cast.admin))
    text = as_(cast.product_manager).get(f"/ideas/{idea.id}").text
    assert "€212k" in text
    assert "+ 1 account in SEK without a rate" in text
    assert "rates of" in text
    for person in (cast.moderator, cast.customer, None):
        text = as_(person).get(f"/ideas/{idea.id}").text
        assert "€212k" not in text
        assert "SEK" not in text
