"""People at the desk: finding them, giving roles, closing accounts."""

import pytest

from portal.accounts.models import Person
from portal.activity.models import Entry
from portal.database import db

WHY = {"reason": "She looks after the boards now."}


@pytest.fixture
def desk(as_, cast):
    return as_(cast.admin)


@pytest.fixture
def give(desk, cast):
    """Give Ines a role."""
    return lambda role, person=None, **form: desk.put(
        f"/admin/people/{(person or cast.customer).id}/role", data={"role": role} | WHY | form
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ines", "Ines Duarte"),
        ("INES", "Ines Duarte"),
        ("Kovač", "Mira Kovač"),
        ("person5@", "Mo Adeyemi"),
        ("northwind", "Ines Duarte"),
        ("", "Tomas Lind"),
    ],
)
def test_people_are_found_by_name_mail_and_company(desk, text, found):
    assert found in desk.get("/admin/people", query_string={"q": text}).text


@pytest.mark.parametrize("text", ["nobody", "%", "_", "'", "\\"])
def test_nobody_is_found_by_a_sign_of_the_search(desk, text):
    page = desk.get("/admin/people", query_string={"q": text})
    assert "Nobody found" in page.text


def test_the_list_can_be_narrowed(desk, make):
    make.person(name="New Nora", confirmed_at=None)
    make.person(name="Gone Greta", active=False)
    make.person(name="Imported Ivan", email=None, confirmed_at=None, source_system="old", source_id="1")
    shown = {
        standing: {
            name
            for name in ("New Nora", "Gone Greta", "Imported Ivan", "Mo Adeyemi", "Ines Duarte")
            if name in desk.get("/admin/people", query_string={"standing": standing}).text
        }
        for standing in ("staff", "unconfirmed", "closed", "imported")
    }
    assert shown == {
        "staff": {"Mo Adeyemi"},
        "unconfirmed": {"New Nora"},
        "closed": {"Gone Greta"},
        "imported": {"Imported Ivan"},
    }


def test_the_list_is_paged_and_costs_the_same(desk, make, at_most):
    for _ in range(60):
        make.person()
    with at_most(queries=2):
        page = desk.get("/admin/people").text
    assert page.count("<tr id=") == 50
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert desk.get(older).text.count("<tr id=") == 15


def test_a_role_is_given_with_a_reason(desk, give, cast):
    assert give("moderator").status_code == 303
    assert cast.customer.role == "moderator"
    (entry,) = db.session.query(Entry).filter_by(kind="role_changed")
    assert entry.actor_id == cast.admin.id
    assert entry.data == {"person_id": cast.customer.id, "old": "customer", "new": "moderator"} | WHY


def test_without_a_reason_nothing_is_given(give, cast):
    answer = give("moderator", reason="  ")
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert '<option selected value="moderator">' in answer.text
    assert cast.customer.role == "customer"


def test_a_new_role_counts_at_once(as_, desk, give, cast):
    browser = as_(cast.customer)
    assert browser.get("/admin/").status_code == 403
    give("moderator")
    assert browser.get("/admin/").status_code == 200


def test_the_last_admin_stays_one(give, cast):
    answer = give("customer", cast.admin)
    assert answer.status_code == 409
    assert "is the last admin" in answer.text
    assert cast.admin.role == "admin"


def test_one_of_two_admins_may_step_down(give, cast, make):
    make.person(role="admin")
    assert give("customer", cast.admin).status_code == 303
    assert cast.admin.role == "customer"


def test_a_closed_admin_does_not_count(give, cast, make):
    make.person(role="admin", active=False)
    assert give("customer", cast.admin).status_code == 409


def test_who_cannot_sign_in_gets_no_role(give, make):
    person = make.person(email=None, source_system="old", source_id="1")
    assert give("moderator", person).status_code == 409
    assert person.role == "customer"


def test_a_closed_account_is_signed_out_and_stays_out(as_, desk, cast):
    browser = as_(cast.customer)
    closure = f"/admin/people/{cast.customer.id}/closure"
    assert desk.post(closure, data={"_method": "put"}).status_code == 303
    assert browser.get("/account/").status_code == 302
    assert desk.put(closure).status_code == 303
    assert "Closed" in desk.get(f"/admin/people/{cast.customer.id}").text
    desk.delete(closure)
    assert db.session.get(Person, cast.customer.id).active
    assert browser.get("/account/").status_code == 302
    fields = [
        entry.data["fields"]
        for entry in db.session.query(Entry).filter_by(kind="person_changed").order_by(Entry.id)
    ]
    assert fields == [["active"], ["active"]]


def test_nobody_closes_the_own_account_here(desk, cast, make):
    make.person(role="admin")
    assert desk.put(f"/admin/people/{cast.admin.id}/closure").status_code == 409
    assert cast.admin.active


def test_an_erased_account_is_not_opened(desk, make):
    from portal import clock

    person = make.person(active=False, erased_at=clock.now())
    assert desk.delete(f"/admin/people/{person.id}/closure").status_code == 409


def test_a_person_is_put_into_a_company_by_hand(desk, cast, make):
    path = f"/admin/people/{cast.customer.id}/company"
    assert desk.put(path, data={"company": " harbor FOODS "}).status_code == 303
    assert cast.customer.company_id == cast.other_company.id
    desk.put(path, data={"company": "Harbor Foods"})
    assert desk.put(path, data={"company": ""}).status_code == 303
    assert cast.customer.company_id is None
    fields = [
        entry.data["fields"]
        for entry in db.session.query(Entry).filter_by(kind="person_changed").order_by(Entry.id)
    ]
    assert fields == [["company"], ["company"]]


def test_a_company_that_is_none_or_two_is_said(desk, cast, make):
    make.company(name="HARBOR FOODS")
    path = f"/admin/people/{cast.customer.id}/company"
    answers = {name: desk.put(path, data={"company": name}) for name in ("Harbor Foods", "Nowhere")}
    assert {each.status_code for each in answers.values()} == {422}
    assert "Several companies have this name." in answers["Harbor Foods"].text
    assert "No company has this name." in answers["Nowhere"].text
    assert 'value="Nowhere"' in answers["Nowhere"].text


def test_the_page_of_one_person_costs_few_queries(desk, cast, at_most):
    path = f"/admin/people/{cast.customer.id}"
    with at_most(queries=3):
        assert "Northwind" in desk.get(path).text
