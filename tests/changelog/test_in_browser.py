"""From an idea to the feed, in the real browser: written, scheduled, published by the worker, read and withdrawn."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from portal import clock
from portal.activity.reading import never
from portal.database import db
from portal.ideas.changelog.views import publish_due
from portal.ideas.models import Idea
from tests.discussion.images.test_in_browser import give, loaded
from tests.discussion.pictures import file_of

NINE = datetime(2099, 3, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_write_schedule_publish_and_read(visit, cast, make, axe, script, app):
    make.idea(title="Offline mode for field visits", status="started", author=cast.customer)
    page = visit(cast.product_manager, script=script, width=390)
    page.goto("/changelog/")
    page.click("text=Write an entry")
    page.fill("#title", "Visits without signal")
    page.fill("#body", "Reports wait on the phone, and are **sent later**.")
    if script:
        give(page, "#body", "paste", file_of())
        page.wait_for_selector(".added input")
        page.fill(".added input", "A phone in the field")
    page.check("input[name=kinds][value=new]")
    page.click("text=Save the draft")
    page.fill("#ideas #q", "offline")
    page.click("#ideas >> text=Find")
    page.click("button:has-text('Add Offline mode')")
    page.wait_for_selector("button:has-text('Take away Offline mode')")
    if script:
        assert axe(page) == []
    page.fill("#publish_at", "2099-03-01T09:30")
    page.click("text=Schedule it")
    page.wait_for_selector("text=It will be published on 1 March 2099, 09:30 UTC")
    place = page.url

    reader = visit(script=script)
    assert reader.goto(place).status == 404
    with clock.at(NINE):
        publish_due(never)
    db.session.rollback()
    assert reader.goto(place).status == 200
    reader.click("a:has-text('Offline mode for field visits')")
    assert "Shipped" in reader.inner_text("article .facts")
    reader.click("aside >> text=Visits without signal >> nth=0")
    assert reader.inner_text(".prose strong") == "sent later"
    if script:
        assert reader.get_attribute(".prose img", "alt") == "A phone in the field"
        assert loaded(reader, ".prose img")
    db.session.rollback()
    assert db.session.query(Idea).one().status == "shipped"
    db.session.rollback()
    feed = ElementTree.fromstring(reader.request.get("/changelog/feed.atom").body())
    assert [each.text for each in feed.iter("{http://www.w3.org/2005/Atom}title")][1:] == [
        "Visits without signal"
    ]

    page.goto(place)
    page.click("text=Change it")
    page.fill("#withdraw-reason", "It loses pictures.")
    page.click("button:has-text('Withdraw it')")
    assert reader.goto(place).status == 410
    assert "It loses pictures." in reader.inner_text("main")
