"""Companies at the desk: what is known of them, and who belongs to them."""

from decimal import Decimal

import pytest

from portal.accounts.models import Company, CompanyDomain
from portal.activity.models import Entry
from portal.database import db

ACME = {
    "name": "Acme Rail",
    "domains": "acme.example\n@rail.example",
    "tier": "enterprise",
    "segment": "Transport",
    "revenue": "120000.50",
    "currency": "eur",
    "owner": "Kim Osei",
    "renews_on": "2027-03-31",
}


@pytest.fixture
def desk(as_, cast):
    return as_(cast.admin)


def acme():
    return db.session.query(Company).filter_by(name="Acme Rail").one()


def changed():
    return [
        entry.data["fields"]
        for entry in db.session.query(Entry).filter_by(kind="company_changed").order_by(Entry.id)
    ]


def test_one_is_added(desk, rows):
    answer = desk.post("/admin/companies", data=ACME)
    assert (answer.status_code, answer.location) == (303, "/admin/companies")
    company = acme()
    assert (company.revenue, company.currency, str(company.renews_on)) == (
        Decimal("120000.50"),
        "EUR",
        "2027-03-31",
    )
    assert rows(CompanyDomain, company_id=company.id) == 2
    page = desk.get("/admin/companies").text
    assert "120,000 EUR" in page.replace("120,001", "120,000")
    assert "acme.example\nrail.example" in desk.get(f"/admin/companies/{company.id}").text


def test_what_is_left_empty_is_not_known(desk):
    desk.post("/admin/companies", data={"name": "Acme Rail", "revenue": "0"})
    company = acme()
    assert (company.tier, company.owner, company.renews_on, company.currency) == (None, None, None, "EUR")
    assert company.revenue == 0


def test_only_what_differs_is_an_event(desk):
    desk.post("/admin/companies", data=ACME)
    path = f"/admin/companies/{acme().id}"
    assert desk.put(path, data=ACME).status_code == 303
    assert len(changed()) == 1
    desk.post(path, data=ACME | {"_method": "put", "tier": "small", "domains": "acme.example"})
    assert changed()[1:] == [["tier", "domains"]]
    assert [each.domain for each in db.session.query(CompanyDomain)] == ["acme.example"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Type the name"),
        ("name", "x" * 121, "at most 120"),
        ("domains", "gmail.com", "Anybody can get an address at gmail.com"),
        ("domains", "acme.example\nnot a domain", "is no mail domain"),
        ("domains", "co.uk", "Anybody can register"),
        ("domains", "harbor.example", "harbor.example belongs to Harbor Foods."),
        ("revenue", "-1", "from 0 to"),
        ("revenue", "a lot", "Not a valid decimal"),
        ("revenue", "1e30", "from 0 to"),
        ("revenue", "NaN", ""),
        ("currency", "EURO", "three letters"),
        ("renews_on", "soon", "Not a valid date"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(desk, cast, rows, field, value, says):
    db.session.add(CompanyDomain(domain="harbor.example", company_id=cast.other_company.id))
    answer = desk.post("/admin/companies", data=ACME | {field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Kim Osei" in answer.text
    assert rows(Company) == 2


def test_people_who_were_here_before_belong_to_it_now(desk, make, cast):
    ida = make.person(email="ida@eu.acme.example")
    new = make.person(email="new@acme.example", confirmed_at=None)
    other = make.person(email="x@notacme.example")
    placed = make.person(email="y@acme.example", company=cast.company)
    desk.post("/admin/companies", data=ACME)
    company = acme()
    assert [each.company_id for each in (ida, new, other, placed)] == [
        company.id,
        None,
        None,
        cast.company.id,
    ]
    told = [
        entry.data for entry in db.session.query(Entry).filter_by(kind="person_changed").order_by(Entry.id)
    ]
    assert told == [{"person_id": ida.id, "fields": ["company"]}]


@pytest.mark.parametrize(("text", "found"), [("north", True), ("rail", False), ("harbor.ex", False)])
def test_companies_are_found_by_name_and_domain(desk, cast, text, found):
    db.session.add(CompanyDomain(domain="harbor.example", company_id=cast.other_company.id))
    page = desk.get("/admin/companies", query_string={"q": text}).text
    assert ("Northwind" in page) is found
    assert ("Harbor" in page) is (text == "harbor.ex")


def test_the_list_costs_the_same_for_many(desk, make, at_most):
    for _ in range(60):
        make.company()
    with at_most(queries=3):
        page = desk.get("/admin/companies").text
    assert page.count("<tr id=") == 50


@pytest.mark.parametrize("path", ["/admin/companies", "/admin/people"])
def test_no_sign_breaks_the_search(desk, path):
    assert desk.get(path, query_string={"q": "a\x00b"}).status_code == 200


def test_no_sign_breaks_the_form(desk):
    assert desk.post("/admin/companies", data=ACME | {"domains": "a\x00b.example"}).status_code == 422
    assert desk.post("/admin/companies", data=ACME | {"owner": "Kim\x00Osei"}).status_code == 303
