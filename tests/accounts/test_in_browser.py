"""The pages of people in the real browser: no barrier in either theme, and the way in from the mail."""

import re

import pytest

from tests.accounts.conftest import PASSWORD

OPEN = ["/login", "/register", "/reset", "/confirm"]
OWN = ["/account/", "/account/password", "/account/mail", "/account/sessions", "/login/again"]
CUT_OFF = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BOTH = pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 360)], ids=["light", "dark phone"])


@BOTH
def test_no_page_keeps_anybody_out(visit, axe, cast, make, dark, width):
    imported = make.person(name="Imported Ivan", email=None, source_system="ask.example", source_id="1")
    make.idea(author=cast.customer)
    make.topic(author=cast.customer)
    people = [f"/people/{cast.customer.id}", f"/people/{imported.id}"]
    for viewer, paths in ((None, OPEN + people), (cast.customer, OWN + people)):
        page = visit(viewer, dark=dark, width=width)
        for path in paths:
            page.goto(path)
            assert (path, axe(page)) == (path, [])
            assert (path, page.evaluate(CUT_OFF)) == (path, 0)


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
