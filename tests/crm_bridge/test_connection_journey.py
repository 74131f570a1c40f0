"""An admin connects a CRM in one sitting: the form, a test that fails, one that passes, the plan, and the first push."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from portal.crm_bridge.connections.jobs import cli as driver
from portal.crm_bridge.marking import CrmReader
from portal.database import db
from tests.crm_bridge.fakes import FAKES
from tests.crm_bridge.fakes.hubspot import TOKEN
from tests.crm_bridge.following import catch_up

pytestmark = pytest.mark.only_on("sqlite")


@pytest.mark.parametrize("script", [True, False])
def test_from_the_form_to_the_first_push(
    settings, monkeypatch, make, cast, consenting, vote, visit, axe, script
):
    fake = FAKES["hubspot"]()
    transport = httpx.MockTransport(fake.answer)
    monkeypatch.setattr("portal.crm_bridge.calling.asking.Guarded", lambda private: transport)
    ines = consenting(company=cast.company, name="Ines of the journey")
    vote(ines, make.idea())
    catch_up(CrmReader())
    page = visit(cast.admin, script=script, width=390)

    def work():
        db.session.commit()
        driver.work_waiting(settings, lambda: False)
        db.session.rollback()

    def press(name):
        page.get_by_role("button", name=name).first.click()
        expect(page.get_by_text("Stop it").first).to_be_visible()
        work()
        page.reload()

    page.goto("/crm/")
    page.get_by_role("link", name="Connect a CRM").click()
    page.get_by_role("link", name="HubSpot").click()
    page.get_by_label("Name of the connection").fill("sales")
    page.get_by_label("Token").fill("pat-eu1-wrong-secret")
    page.get_by_role("button", name="Test and keep").click()
    expect(page.get_by_text("The test did not pass, and nothing is kept")).to_be_visible()
    expect(page.get_by_label("Name of the connection")).to_have_value("sales")
    expect(page.get_by_label("Token")).to_have_value("")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Test and keep").click()
    expect(page.get_by_text("The connection is paused")).to_be_visible()
    press("Make a plan")
    expect(page.get_by_role("link", name="Ines of the journey").first).to_be_visible()
    if script:
        assert axe(page) == []
    page.goto("/crm/connections/sales")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("sales sends again")).to_be_visible()
    press("Push now")
    expect(page.get_by_role("row", name=re.compile("Created 3"))).to_be_visible()
    page.goto("/crm/connections/sales/fields")
    page.locator("#contact-open_ideas summary").click()
    page.locator("#owner-contact-open_ideas").select_option("cleared")
    page.locator("#contact-open_ideas").get_by_role("button", name="Keep").click()
    expect(page.get_by_text("contact.open_ideas is kept")).to_be_visible()
    expect(page.locator("#contact-open_ideas td")).to_contain_text("Nobody's: clear what we wrote, ")
    page.goto("/crm/connections/sales")
    page.get_by_text("Take this connection away").click()
    page.get_by_label("Take it out first").check()
    page.get_by_role("button", name="Take it away").click()
    expect(page.get_by_text("it wrote is erased first").first).to_be_visible()
    work()
    page.goto("/crm/")
    expect(page.get_by_text("Taken away, with what they had written")).to_be_visible()
    assert not [each for each in fake.contacts() if each.get("email") == ines.email]
