"""Answering in a real browser whether one still wants an idea."""

import pytest


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_answering_in_the_browser(visit, cast, asked_now, script, axe):
    """On a phone: in the own list a no, on the page a yes after all; by keyboard."""
    key = asked_now.id
    page = visit(cast.other_customer, script=script, width=390)
    page.goto("/ideas/?mine=voted")
    page.focus("button:text('No longer')")
    page.keyboard.press("Enter")
    if script:
        page.wait_for_selector("text=You said that you do not want it any more.")
        assert axe(page) == []
        assert page.get_attribute(f"#vote-idea-{key}-button", "aria-pressed") == "false"
    else:
        # Without the vote it stands in this list no more.
        page.wait_for_selector("text=Your word is noted")
        page.wait_for_selector("text=No idea is like that")
    page.goto(f"/ideas/{key}")
    page.wait_for_selector("text=You said that you do not want it any more.")
    page.click("button:text('Yes, I still want it')")
    if script:
        page.wait_for_selector("text=Thank you. It stays open.")
        assert axe(page) == []
    page.wait_for_selector("text=still wanted", state="detached")
    page.goto(f"/ideas/{key}")
    page.wait_for_selector("h1:text('Fax reports')")
    assert page.locator(".notice").count() == 0
