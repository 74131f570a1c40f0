"""A product manager writes a rule, tests it, switches it on, and sees what it did."""

import re

import pytest
from playwright.sync_api import expect

from portal.crm_bridge.rules import cli
from tests.crm_bridge.rules.conftest import read
from tests.factories import EPOCH

pytestmark = pytest.mark.only_on("sqlite")


@pytest.mark.parametrize("script", [True, False])
def test_from_the_form_to_the_firing(settings, make, cast, visit, axe, write, script):
    cast.customer.crm_consent, cast.customer.crm_consent_at = True, EPOCH
    idea = make.idea(title="Offline mode")
    write(cast.customer, idea, "Then we look at a competitor.")
    page = visit(cast.product_manager, script=script)
    page.goto("/admin/")
    page.get_by_role("link", name="Rules").click()
    page.get_by_role("link", name="New rule").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Please write a name.").first).to_be_visible()
    page.get_by_label("Name").fill("They may leave")
    if script:
        # What does not fit is not there: hours only for an answer, no words where nothing is written.
        expect(page.get_by_label("After how many hours")).to_be_hidden()
        page.get_by_label("An idea changes its status").check()
        expect(page.get_by_label("Which status it gets")).to_be_visible()
        expect(page.get_by_label("Only wording that tells of leaving")).to_be_hidden()
        page.get_by_label("Somebody writes").check()
    page.get_by_label("Only wording that tells of leaving").check()
    page.get_by_label("What to do").fill("Call them.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Test against history").click()
    expect(page.get_by_text(re.compile("Would have fired 1 time in the 30 days"))).to_be_visible()
    expect(page.get_by_role("link", name="Offline mode")).to_be_visible()
    if script:
        assert axe(page) == []
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("It fires at what happens from now on")).to_be_visible()
    write(cast.customer, idea, "We are fed up and cancel.")
    read()
    cli.fire_waiting(settings, lambda: False)
    page.goto("/crm/firings")
    row = page.get_by_role("row").filter(has_text="They may leave")
    expect(row).to_contain_text("The contact is not in the CRM yet.")
    expect(row).to_contain_text("Northwind Utilities")
    row.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It is tried again now")).to_be_visible()
