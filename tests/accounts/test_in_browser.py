"""The pages of people in the real browser: errors that everyone finds, and the way in from the mail."""

import re

import pytest
from flask_security.utils import hash_password

from portal.database import db
from tests.accounts.conftest import PASSWORD

OPEN = ["/login", "/register", "/reset", "/confirm"]
BOTH = pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 360)], ids=["light", "dark phone"])


@pytest.mark.only_on("sqlite")
@BOTH
def test_errors_keep_nobody_out(visit, axe, cast, dark, width):
    page = visit(dark=dark, width=width)
    for path in OPEN:
        page.goto(path)
        page.click("main form button")
        page.wait_for_selector("#problems")
        assert (path, axe(page)) == (path, [])
        assert page.evaluate("document.activeElement.id") == "problems"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_registering_to_the_own_profile(visit, cast, mails, link_in, script):
    page = visit(script=script)
    page.goto("/login")
    page.get_by_role("main").get_by_role("link", name="Register").click()
    page.get_by_label("Your name").fill("Ida Moreau")
    page.get_by_label("Mail address").fill("ida@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    text = mails("ida@example.org")[0].get_body(("plain",)).get_content()
    page.goto(re.search(r"https?://\S+", text)[0])
    page.get_by_label("The password that you chose").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and sign in").click()
    page.get_by_text("Welcome, Ida Moreau.").wait_for()
    page.goto("/account/")
    page.get_by_role("link", name="See your profile").click()
    page.get_by_role("heading", name="Ida Moreau").wait_for()
    page.click("summary.who__button")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").first.wait_for()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_account_is_deleted_for_good(visit, axe, cast, make, script):
    idea = make.idea(author=cast.customer, title="Offline mode")
    cast.customer.password = hash_password(PASSWORD)
    db.session.commit()
    page = visit(cast.customer, script=script)
    page.goto("/account/")
    page.get_by_role("link", name="Delete my account").click()
    page.get_by_role("heading", name="Delete your account").wait_for()
    assert not script or axe(page) == []
    page.get_by_label("Your password").fill("not this one at all")
    page.get_by_role("button", name="Delete my account for good").click()
    page.get_by_text("This is not your password. Nothing was deleted.").first.wait_for()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account for good").click()
    page.get_by_text("Your account is deleted.").wait_for()
    page.get_by_role("link", name="Sign in").first.wait_for()
    page.goto(f"/ideas/{idea.id}")
    page.get_by_text("Former member").first.wait_for()
    assert "Ines Duarte" not in page.content()
