"""Rates at the desk."""

from flask import Response, flash, url_for

from portal import clock, pages
from portal.admin.rates.forms import HouseForm, RateForm
from portal.admin.views import admin, administers
from portal.database import db
from portal.voting.demand import pricing


@admin.get("/admin/rates")
@administers
def list_rates() -> Response:
    return _page()


@admin.post("/admin/rates")
@administers
def create_rate() -> Response:
    form = RateForm()
    if not form.validate():
        return _page(422, form=form)
    currency, rate = form.currency.data, form.rate.data
    new = pricing.enter(currency, rate, on=form.on.data, by=pages.viewer())
    return _done(f"The rate of {currency} is saved." if new else "Nothing was different.")


@admin.put("/admin/rates/house")
@administers
def put_house() -> Response:
    form = HouseForm()
    if not form.validate():
        return _page(422, house_form=form)
    new = pricing.choose_house(form.house.data, by=pages.viewer())
    return _done(f"Revenue is added up in {form.house.data} now." if new else "Nothing was different.")


def _done(says: str) -> Response:
    db.session.commit()
    flash(says, "good")
    return pages.go(url_for(".list_rates"))


def _page(status: int = 200, form: RateForm | None = None, house_form: HouseForm | None = None) -> Response:
    house = pricing.house_currency()
    return pages.page(
        "admin/rates/index.html",
        status,
        house=house,
        rates=[each for each in pricing.rates() if each.currency != house],
        earlier=pricing.earlier_rates(),
        missing=pricing.currencies_without_rate(),
        form=form or RateForm(formdata=None, on=clock.now().date()),
        house_form=house_form or HouseForm(formdata=None, house=house),
    )
