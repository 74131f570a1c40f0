"""The desk in a real browser: from what waits to a decision, by keys and without script."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import db
from portal.insights import cli
from portal.voting import casting


@pytest.fixture
def waiting(make, cast, catch_up):
    board, now = make.board(name="Mobile"), clock.now()
    for title, age in (("Offline mode", 90), ("Dark theme", 30), ("Print labels", 10)):
        idea = make.idea(title=title, board=board, created_at=now - timedelta(days=age))
        with clock.at(now - timedelta(days=age)):
            casting.cast(idea, by=cast.customer)
    catch_up()
    cli.fold_waiting()
    db.session.commit()


def titles(page):
    page.wait_for_load_state()
    return page.locator("[data-desk] tbody th a").all_inner_texts()


def test_from_what_waits_to_a_decision_by_keys(visit, cast, waiting, axe):
    page = visit(cast.product_manager)
    page.goto("/")
    page.click(".nav >> text=Desk")
    page.wait_for_url("**/desk/")
    assert titles(page) == ["Offline mode", "Dark theme", "Print labels"]
    assert axe(page) == []
    page.keyboard.press("/")
    page.keyboard.type("j")
    assert page.input_value("#desk-text") == "j"
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.locator("#desk-keys[open]").count() == 1
    page.keyboard.press("?")
    for key in "jjk":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.innerText") == "Offline mode"
    page.keyboard.press("s")
    page.wait_for_url("**/ideas/*#decide")
    page.click("#decide summary")
    page.select_option("#decide select", "planned")
    page.click("#decide button")
    page.wait_for_selector("text=What became of it")
    page.goto("/desk/")
    assert titles(page) == ["Dark theme", "Print labels"]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text('Dark theme')")
    page.wait_for_selector("text=Greatest accounts")
    assert axe(page) == []


def test_the_same_without_script_on_a_phone(visit, cast, waiting):
    page = visit(cast.product_manager, script=False, width=390)
    page.goto("/desk/")
    page.fill("#desk-text", "dark")
    page.click("text=Show")
    assert titles(page) == ["Dark theme"]
    page.click("[data-desk] th a")
    page.click("text=Who voted, and since when")
    assert page.inner_text("tbody th") == "Ines Duarte"
    page.goto("/desk/figures")
    page.click("text=The numbers by week")
    page.click("text=1 vote >> nth=0")
    assert "Ines Duarte" in page.inner_text("tbody")
