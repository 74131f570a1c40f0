"""The desk in a real browser: from what waits to a decision, by keys and without script."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

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
    # What narrows the list takes one line, and says what it is once the list is narrowed.
    assert page.locator("form.tools").bounding_box()["height"] < 70
    page.click("summary:text('Filter')")
    page.select_option("#desk-age", "30")
    page.click(".more-filters__panel >> text=Show")
    assert titles(page) == ["Print labels"]
    assert page.locator("form.tools").bounding_box()["height"] < 70
    page.click(".filters-on a:text('Made in 30 days')")
    assert len(titles(page)) == 3
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


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_several_at_once_from_the_desk_on_a_phone(visit, cast, waiting, make, axe, script):
    label = "regional depots"
    page = visit(cast.product_manager, script=script, width=390)
    page.goto("/desk/?state=undecided")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if script:
        assert axe(page) == []

    def press(act, *chosen, **fields):
        """Tick, choose what to do, say what is asked, do it; and be back at the desk as it was."""
        for title in chosen:
            page.get_by_label(f"Select {title}").check()
        if script:
            expect(page.locator("[data-count]")).to_have_text(f"{len(chosen)} selected")
        page.select_option("#bulk-act", act)
        page.click("text=Go on …")
        page.wait_for_url("**/ideas/bulk")
        for name, value in fields.items():
            asked = page.locator(f"[name={name}]")
            asked.fill(value) if name in ("label", "reason") else asked.select_option(label=value)
        page.click("text=Do it")
        page.wait_for_url("**/desk/?state=undecided")
        return page.inner_text("main")

    assert "2 ideas changed" in press("label", "Dark theme", "Print labels", label=label)
    assert page.locator(f".tags >> text={label}").count() == 2
    assert "2 ideas changed" in press("owner", "Dark theme", "Print labels", owner="Ada Byrne")
    assert page.locator("tbody >> text=Ada Byrne").count() == 2
    assert "1 idea changed" in press("merge", "Dark theme", "Print labels", reason="The same wish")
    assert len(titles(page)) == 2
    assert "counts for 1 other" in page.inner_text("tbody")
    assert "1 idea changed" in press("status", "Offline mode", status="Planned")
    assert "Offline mode" not in titles(page)


def test_several_at_once_by_keys(visit, cast, waiting, make):
    make.board(name="Reports")
    page = visit(cast.product_manager)
    page.goto("/desk/")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-count]")).to_have_text("2 selected")
    assert page.locator("tr[aria-selected=true]").count() == 2
    page.keyboard.press("s")
    page.wait_for_url("**/ideas/bulk")
    page.get_by_label("Status").select_option("planned")
    page.click("text=Do it")
    page.wait_for_url("**/desk/")
    assert titles(page) == ["Print labels"]
    # Without ticks: the idea where the keyboard is.
    page.keyboard.press("j")
    page.keyboard.press("v")
    page.wait_for_url("**/ideas/bulk")
    page.get_by_label("Board").select_option(label="Reports")
    page.click("text=Do it")
    page.wait_for_url("**/desk/")
    assert "Reports" in page.inner_text("tbody")
    for key, selected in (("a", "1 selected"), ("a", "With the ticked ideas")):
        page.keyboard.press(key)
        expect(page.locator("[data-count]")).to_have_text(selected)
    page.keyboard.press("b")
    assert page.evaluate("document.activeElement.id") == "bulk-act"
