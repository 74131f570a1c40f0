"""A forgotten password: a link by mail, every session ends, and the link works once."""

import re

from portal.accounts.models import CompanyDomain
from portal.database import db
from tests.accounts.conftest import PASSWORD

NEW = "five brown bears dancing"


def ask(browser, email):
    return browser.post("/reset", data={"email": email})


def test_from_the_page_to_a_new_password(as_, cast, with_password, mails, link_in):
    with_password(cast.customer)
    signed_in, browser = as_(cast.customer), as_(None)
    assert ask(browser, cast.customer.email).location == "/mail"
    link = link_in(mails()[0])
    assert browser.post(link, data={"password": "short"}).status_code == 422
    answer = browser.post(link, data={"password": NEW})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "every device is signed out" in browser.get("/login").text
    assert signed_in.get("/account/").status_code == 302
    assert "was set anew" in mails()[-1].as_string()
    sign_in = {"email": cast.customer.email, "password": NEW}
    assert browser.post("/login", data=sign_in).status_code == 303
    assert as_(None).post(link, data={"password": PASSWORD}).location == "/reset"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(as_, cast, mails):
    known, unknown = as_(None), as_(None)
    ask(known, cast.customer.email)
    ask(unknown, "nobody@example.com")
    clean = re.compile(r"(nonce|value)=\S+|[\w.]+@[\w.]+")
    assert clean.sub("", known.get("/mail").text) == clean.sub("", unknown.get("/mail").text)
    assert [mail["To"] for mail in mails()] == [cast.customer.email]


def test_what_is_no_address_is_said(as_, cast):
    answer = ask(as_(None), "nobody at home")
    assert answer.status_code == 422
    assert "This is no mail address" in answer.text
    assert "nobody at home" in answer.text


def test_closed_accounts_and_imported_people_get_no_mail(as_, make, cast, mails):
    closed = make.person(active=False)
    ask(as_(None), closed.email)
    assert mails() == []


def test_the_link_confirms_the_address_too(as_, make, cast, mails, link_in):
    """Somebody registered with a foreign address; its owner takes the account over."""
    db.session.add(CompanyDomain(domain="harbor.example", company_id=cast.other_company.id))
    person = make.person(email="new@harbor.example", confirmed_at=None)
    ask(as_(None), person.email)
    as_(None).post(link_in(mails()[0]), data={"password": NEW})
    assert person.confirmed_at is not None
    assert person.company_id == cast.other_company.id


def test_mails_carry_the_public_address(app, as_, cast, mails, monkeypatch):
    from dataclasses import replace

    public = replace(app.extensions["settings"], public_url="https://community.example/")
    monkeypatch.setitem(app.extensions, "settings", public)
    ask(as_(None), cast.customer.email)
    text = mails()[0].get_body(("plain",)).get_content()
    assert "https://community.example/reset/" in text
    assert "localhost" not in text


def test_the_mail_can_be_sent_again_for_an_unconfirmed_account(as_, make, cast, mails, with_password):
    person = with_password(make.person(confirmed_at=None))
    for email in (person.email, cast.customer.email, "nobody@example.com"):
        assert as_(None).post("/confirm", data={"email": email}).location == "/mail"
    assert [mail["To"] for mail in mails()] == [person.email]
