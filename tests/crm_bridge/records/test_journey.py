"""A product manager goes from an idea to a voter's record, reads it again, and has what was refused tried again."""

import pytest
from playwright.sync_api import expect

from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.models import CrmLink
from portal.crm_bridge.records import cli
from portal.database import db
from tests.crm_bridge.following import catch_up

pytestmark = pytest.mark.only_on("sqlite")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_a_voter_of_an_idea_to_what_the_crm_says(
    make, cast, visit, axe, run, ines, vote, settings, script
):
    idea = make.idea(title="Offline mode")
    catch_up(CrmReader())
    vote(ines, idea)
    run("crm", "push")
    link = db.session.query(CrmLink).filter_by(entity="vote").one()
    link.state, link.message, link.last_hash, link.refused_hash = (
        "quarantined",
        "Title is too long",
        None,
        "x",
    )
    name = ines.name
    page = visit(cast.product_manager, script=script, width=390 if script else 1280)
    page.goto("/desk/votes")
    page.get_by_role("row").filter(has_text="Offline mode").get_by_role("link", name=name).click()
    page.get_by_role("link", name="What the CRM got").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    refused = page.get_by_role("row").filter(has_text="Title is too long")
    expect(refused).to_contain_text("Offline mode")
    page.get_by_role("button", name="Read again").click()
    expect(page.get_by_text("It is read again")).to_be_visible()
    cli.read_asked(settings, lambda: False)
    expect(page.get_by_text("all of 1 record is as written.")).to_be_visible()
    if script:
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    refused.get_by_text("Ignore", exact=True).click()
    refused.get_by_label("Why?").fill("Their limit")
    refused.get_by_role("button", name="Set it aside").click()
    page.get_by_text("that staff look after no more").click()
    aside = page.get_by_role("row").filter(has_text="Their limit")
    expect(aside).to_contain_text("Mira Kova\u010d")
    aside.get_by_role("button", name="Take back").click()
    refused.get_by_role("button", name="Retry now").click()
    expect(page.get_by_text("It is tried again now.")).to_be_visible()
    run("crm", "push", "--waiting")
    page.reload()
    expect(page.get_by_role("heading", name="Not taken by the CRM")).to_have_count(0)
    page.get_by_role("navigation", name="What the timeline shows").get_by_role("link", name="Votes").click()
    expect(page.locator(".timeline")).to_contain_text("Voted for Offline mode")
    expect(page.locator(".timeline")).to_contain_text("in embedded since")
