"""Changing what an account says: profile, password, mail address."""

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts import changing, queries
from portal.accounts.models import CompanyDomain, Person
from portal.activity.models import Entry
from portal.database import db
from tests.accounts.conftest import PASSWORD

NEW = "five brown bears dancing"


@pytest.fixture
def ines(cast, with_password):
    return with_password(cast.customer)


def changed():
    return [
        entry.data["fields"]
        for entry in db.session.query(Entry).filter_by(kind="person_changed").order_by(Entry.id)
    ]


class TestProfile:
    def test_it_is_saved_and_journaled(self, as_, ines):
        browser = as_(ines)
        answer = browser.put(
            "/account/", data={"name": " Inês \u202e Duarte\n", "about": "I run\r\nthe field team."}
        )
        assert (answer.status_code, answer.location) == (303, "/account/")
        assert (ines.name, ines.about) == ("Inês Duarte", "I run\nthe field team.")
        assert "Your profile is saved." in browser.get("/account/").text
        assert changed() == [["name", "about"]]

    def test_saving_the_same_is_no_event(self, as_, ines):
        as_(ines).put("/account/", data={"name": ines.name, "about": ""})
        assert changed() == []

    def test_too_much_is_kept_and_said(self, as_, ines):
        answer = as_(ines).post("/account/", data={"_method": "put", "name": "Ines", "about": "long " * 120})
        assert answer.status_code == 422
        assert "at most 500" in answer.text
        assert "long " * 50 in answer.text

    def test_the_page_costs_few_queries(self, as_, ines, at_most):
        browser = as_(ines)
        with at_most(queries=4):
            assert "Northwind Utilities" in browser.get("/account/").text


class TestPassword:
    def test_other_devices_are_signed_out(self, as_, ines, mails):
        here, there = as_(ines), as_(ines)
        answer = here.post("/account/password", data={"password": PASSWORD, "new_password": NEW})
        assert (answer.status_code, answer.location) == (303, "/account/")
        assert "Your password is changed." in here.get("/account/").text
        assert there.get("/account/").status_code == 302
        assert changed() == [["password"]]
        assert "was changed" in mails(ines.email)[0]["Subject"]

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("wrong", NEW, "This is not your password."),
            (PASSWORD, PASSWORD, "the password that you have already"),
            (PASSWORD, "short", "at least 10"),
            (PASSWORD, "qwertyuiop1", "Many people use"),
            (PASSWORD, "", "Choose a password."),
        ],
    )
    def test_what_is_wrong_is_said(self, as_, ines, old, new, says):
        answer = as_(ines).post("/account/password", data={"password": old, "new_password": new})
        assert answer.status_code == 422
        assert says.lower() in answer.text.lower()


class TestMail:
    def ask(self, browser, email="Ines@Example.org"):
        return browser.post("/account/mail", data={"email": email})

    def test_the_new_mailbox_confirms_and_the_old_one_hears(self, as_, ines, mails, link_in):
        old, browser = ines.email, as_(ines)
        assert self.ask(browser).location == "/mail"
        link = link_in(mails("ines@example.org")[0])
        anywhere = as_(None)
        assert anywhere.get(link).status_code == 200
        assert ines.email == old
        assert anywhere.post(link).status_code == 303
        assert ines.email == "ines@example.org"
        assert "has another mail address" in mails(old)[0].as_string()
        assert as_(None).get(link).location == "/account/mail"
        assert changed() == [["email"]]

    def test_a_taken_address_gives_the_same_answer(self, as_, ines, cast, mails):
        browser = as_(ines)
        assert self.ask(browser, cast.admin.email).location == "/mail"
        assert "Another account has it already" in mails(cast.admin.email)[0].as_string()

    def test_an_address_that_is_taken_meanwhile_is_refused(self, as_, ines, make, mails, link_in):
        self.ask(as_(ines))
        make.person(email="ines@example.org")
        assert as_(None).post(link_in(mails()[0])).status_code == 409
        assert ines.email != "ines@example.org"

    def test_the_same_address_is_no_change(self, as_, ines):
        answer = self.ask(as_(ines), ines.email)
        assert answer.status_code == 422
        assert "your address already" in answer.text

    def test_after_a_while_the_password_is_asked_again(self, as_, ines):
        browser = as_(ines)
        with browser.session_transaction() as session:
            session["fs_paa"] = (clock.now() - timedelta(minutes=16)).timestamp()
        answer = browser.get("/account/mail")
        assert (answer.status_code, answer.location) == (302, "/login/again?next=/account/mail")
        wrong = browser.post(answer.location, data={"password": "wrong"})
        assert wrong.status_code == 422
        assert "This is not your password." in wrong.text
        assert browser.post(answer.location, data={"password": PASSWORD}).location == "/account/mail"
        assert browser.get("/account/mail").status_code == 200


class TestCompany:
    """The company follows the mail domain, unless staff said otherwise."""

    @pytest.fixture(autouse=True)
    def _domains(self, cast):
        db.session.add(CompanyDomain(domain="northwind.example", company_id=cast.company.id))
        db.session.add(CompanyDomain(domain="harbor.example", company_id=cast.other_company.id))
        cast.customer.email = "ines@northwind.example"
        db.session.commit()

    def move(self, person, email):
        changing.change_mail(person, email)
        db.session.commit()
        return person.company_id

    def test_to_another_company(self, cast):
        assert self.move(cast.customer, "ines@eu.harbor.example") == cast.other_company.id
        assert changed() == [["email", "company"]]

    def test_to_a_private_address(self, cast):
        assert self.move(cast.customer, "ines@gmail.com") is None

    def test_by_hand_it_stays(self, cast):
        assert self.move(cast.other_customer, "tomas@gmail.com") == cast.other_company.id


def test_consent_is_given_and_withdrawn(as_, ines):
    browser = as_(ines)
    assert browser.put("/account/consent").status_code == 303
    assert browser.put("/account/consent").status_code == 303
    assert ines.crm_consent
    assert "Withdraw" in browser.get("/account/").text
    browser.delete("/account/consent")
    assert not ines.crm_consent
    told = [
        entry.data for entry in db.session.query(Entry).filter_by(kind="consent_changed").order_by(Entry.id)
    ]
    assert told == [{"person_id": ines.id, "granted": True}, {"person_id": ines.id, "granted": False}]


class TestSessions:
    def test_others_are_listed_and_ended(self, as_, ines):
        here, there = as_(ines), as_(ines)
        page = here.get("/account/sessions").text
        assert page.count("a device we do not know") >= 2
        theirs = queries.sessions(ines)
        with there.session_transaction() as session:
            _, other = queries.signed_in(session["_user_id"])
        assert other.id in [each.id for each in theirs]
        assert here.delete(f"/account/sessions/{other.id}").status_code == 303
        assert there.get("/account/").status_code == 302
        assert here.get("/account/").status_code == 200

    def test_all_the_others_at_once(self, as_, ines):
        here, there, third = as_(ines), as_(ines), as_(ines)
        here.delete("/account/sessions")
        assert [each.get("/account/").status_code for each in (here, there, third)] == [200, 302, 302]

    def test_nobody_ends_the_session_of_somebody_else(self, as_, ines, cast):
        there = as_(cast.admin)
        (session,) = queries.sessions(cast.admin)
        assert as_(ines).delete(f"/account/sessions/{session.id}").status_code == 404
        assert there.get("/account/").status_code == 200

    @pytest.mark.parametrize(
        ("browser", "device"),
        [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
            (
                (
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
                    "Safari/537.36 Edg/126.0"
                ),
                "Edge on Windows",
            ),
            (
                (
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                    "Version/17.5 Mobile/15E148 Safari/604.1"
                ),
                "Safari on an iPhone",
            ),
            ("curl/8", "A browser on a device we do not know"),
        ],
    )
    def test_a_device_is_named(self, browser, device):
        from portal.accounts.models import SignInSession

        assert SignInSession(browser=browser).device == device


def test_names_in_the_database_are_untouched_by_refused_forms(as_, ines):
    as_(ines).put("/account/", data={"name": ""})
    assert db.session.get(Person, ines.id).name == "Ines Duarte"


@pytest.mark.parametrize("text", ["a\x00b", "\u202eabc", "x" * 400 + "\x00"])
def test_no_sign_breaks_the_settings(as_, ines, text):
    answer = as_(ines).put(
        "/account/", data={"name": f"Ines {text}"[:70], "about": text.encode("utf-8", "replace")}
    )
    assert answer.status_code == 303
    assert "\x00" not in ines.about + ines.name
