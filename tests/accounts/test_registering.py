"""Registering: a mail, the password once more, and a seat in the company of the mail domain."""

import re

import pytest

from portal.accounts.models import CompanyDomain, Person
from portal.activity.models import Entry
from portal.database import db
from tests.accounts.conftest import PASSWORD

IDA = {"name": "Ida  Moreau", "email": "Ida@Sub.Northwind.example", "password": PASSWORD}


def register(browser, **changed):
    return browser.post("/register", data=IDA | changed)


def kinds():
    return [entry.kind for entry in db.session.query(Entry).order_by(Entry.id)]


def test_from_the_form_to_the_first_page(as_, cast, mails, link_in):
    db.session.add(CompanyDomain(domain="northwind.example", company_id=cast.company.id))
    browser = as_(None)
    answer = register(browser, next="/ideas/?sort=new")
    assert (answer.status_code, answer.location) == (303, "/mail")
    assert "ida@sub.northwind.example" in browser.get("/mail").text.lower()
    (mail,) = mails()
    assert mail["To"] == "ida@sub.northwind.example"
    assert "Test Community" in mail["From"]
    link = link_in(mail)
    assert 'type="password"' in browser.get(link).text
    ida = db.session.query(Person).filter_by(email="ida@sub.northwind.example").one()
    assert ida.confirmed_at is None
    answer = browser.post(link, data={"password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/ideas/?sort=new")
    assert (ida.name, ida.company_id, ida.role) == ("Ida Moreau", cast.company.id, "customer")
    assert kinds() == ["person_registered", "person_confirmed"]
    assert "Ida Moreau" in browser.get("/account/").text


def test_the_mail_has_a_text_and_a_html_part_with_the_same_link(as_, cast, mails, link_in):
    register(as_(None), name="<b>Ida</b> & Co")
    (mail,) = mails()
    html = mail.get_body(("html",)).get_content()
    assert f'<a href="http://localhost{link_in(mail)}">' in html
    assert "&lt;b&gt;Ida&lt;/b&gt; &amp; Co" in html


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(as_, cast, mails, rows):
    register(as_(None))
    first, second = as_(None), as_(None)
    assert register(first, email="new@x.example").location == register(second).location
    pages = [
        re.sub(r"(nonce|value)=\S+|[\w.]+@[\w.]+", "", each.get("/mail").text) for each in (first, second)
    ]
    assert pages[0] == pages[1]
    assert rows(Person, email="ida@sub.northwind.example") == 1
    assert "has an account already" in mails("ida@sub.northwind.example")[-1].as_string()


def test_who_registered_with_a_foreign_address_gains_nothing(as_, cast, mails, link_in):
    """The owner of the mailbox takes the account over; the password of the other one is gone."""
    thief, owner = as_(None), as_(None)
    register(thief, email="owner@x.example")
    register(owner, email="owner@x.example", password="four green herons")
    link = link_in(mails("owner@x.example")[-1])
    assert owner.post(link, data={"password": "four green herons"}).status_code == 303
    sign_in = {"email": "owner@x.example"}
    assert thief.post("/login", data=sign_in | {"password": PASSWORD}).status_code == 422
    assert owner.post("/login", data=sign_in | {"password": "four green herons"}).status_code == 303


def test_opening_the_link_is_not_enough(as_, cast, mails, link_in, rows):
    register(as_(None))
    other = as_(None)
    link = link_in(mails()[-1])
    other.get(link)
    answer = other.post(link, data={"password": "not the password"})
    assert answer.status_code == 422
    assert "not the password that was chosen" in answer.text
    assert rows(Person, email="ida@sub.northwind.example", confirmed_at=None) == 1


def test_a_used_or_forged_link_says_what_to_do(as_, cast, mails, link_in):
    browser = as_(None)
    register(browser)
    link = link_in(mails()[-1])
    browser.post(link, data={"password": PASSWORD})
    assert as_(None).get(link).location == "/login"
    assert as_(None).get("/confirm/forged").location == "/confirm"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "  ", "Type the name"),
        ("name", "x" * 81, "at most 80"),
        ("email", "nobody", "no mail address"),
        ("email", f"{'x' * 250}@example.com", "no mail address"),
        ("password", "short", "At least 10" if False else "at least 10"),
        ("password", "Password123!", "Many people use"),
        ("password", "ida.moreau.1", "little more than your name"),
        ("password", "x" * 257, "at most 256"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(as_, cast, rows, field, value, says):
    answer = register(as_(None), **{"name": "Ida Moreau", field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert 'aria-invalid="true"' in answer.text
    kept = {"name": "Ida Moreau", "email": "sub.northwind.example"}
    assert all(
        text in answer.text.lower() or text in answer.text for name, text in kept.items() if name != field
    )
    assert rows(Person) == 5


def test_a_long_password_is_fine(as_, cast, mails):
    assert register(as_(None), password="correct horse battery " * 10).status_code == 303


def test_an_address_that_is_taken_meanwhile_is_no_failure(as_, cast, mails, monkeypatch, rows):
    """Two who register with one address at the same moment: both see an address that is free."""
    from portal.accounts import registering

    real = registering.register

    def taken_meanwhile(**fields):
        monkeypatch.setattr(registering, "register", real)
        real(**fields | {"name": "First"})
        return real(**fields)

    monkeypatch.setattr(registering, "register", taken_meanwhile)
    assert register(as_(None)).location == "/mail"
    assert len(mails("ida@sub.northwind.example")) == 1


def test_a_mail_that_cannot_be_sent_does_not_lose_the_account(as_, cast, mails, rows, monkeypatch):
    from portal.accounts.mailing import Folder

    def broken(*_):
        raise OSError("the server is away")

    browser = as_(None)
    with monkeypatch.context() as away:
        away.setattr(Folder, "send_messages", broken)
        assert register(browser).status_code == 303
    page = browser.get("/mail").text
    assert "could not be sent just now" in page
    assert rows(Person, email="ida@sub.northwind.example") == 1
    browser.post("/confirm", data={"email": IDA["email"]})
    assert len(mails("ida@sub.northwind.example")) == 1


def test_the_demo_says_where_the_mail_is(as_, cast, settings, mails):
    browser = as_(None)
    register(browser)
    assert str(settings.folder / "mail") in browser.get("/mail").text


def test_a_free_mail_domain_belongs_to_no_company(as_, cast, mails, link_in):
    db.session.add(CompanyDomain(domain="gmail.com", company_id=cast.company.id))
    browser = as_(None)
    register(browser, email="ida@gmail.com")
    browser.post(link_in(mails()[0]), data={"password": PASSWORD})
    assert db.session.query(Person).filter_by(email="ida@gmail.com").one().company_id is None
