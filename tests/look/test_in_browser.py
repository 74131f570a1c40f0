"""The component sheet in the real browser: no barrier in either theme, nothing cut off, and behaviours that work."""

import pytest

from tests import world

pytestmark = pytest.mark.only_on("sqlite")
CUT_OFF = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def sheet(visit, cast):
    def sheet(**how):
        page = visit(cast.admin, **how)
        page.goto("/-/components")
        return page

    return sheet


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nobody_is_kept_out(sheet, axe, dark, width):
    page = sheet(dark=dark, width=width)
    assert axe(page) == []
    assert page.evaluate(CUT_OFF) <= 0


def test_type_of_twice_the_size_fits(sheet):
    page = sheet(width=1280)
    page.evaluate("document.documentElement.setAttribute('class', 'twice')")
    page.evaluate("document.adoptedStyleSheets = [new CSSStyleSheet()]")
    page.evaluate("document.adoptedStyleSheets[0].replaceSync('.twice { font-size: 200% }')")
    assert page.evaluate(CUT_OFF) <= 0


def test_targets_are_large_enough(sheet):
    small = """[...document.querySelectorAll("a, button, summary, select, textarea, .input")].filter((each) =>
        each.checkVisibility() && !each.closest(".prose") && getComputedStyle(each).display !== "inline" &&
        each.getBoundingClientRect().height < 39).map((each) => each.outerHTML.slice(0, 80))"""
    assert sheet(width=360).evaluate(small) == []


def test_a_menu_closes_on_escape_and_gives_the_focus_back(sheet):
    page = sheet()
    page.click("summary.who__button")
    page.get_by_role("link", name="Account settings").focus()
    page.keyboard.press("Escape")
    assert not page.get_by_text("Account settings").is_visible()
    assert page.evaluate("document.activeElement.className") == "who__button"


def test_the_colours_are_chosen_and_kept(sheet):
    page = sheet()
    page.select_option("#theme", "dark")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_the_search_box_is_a_key_away(sheet):
    page = sheet()
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "find"


def test_what_is_left_of_a_text_is_said_near_its_end(sheet):
    page = sheet()
    page.fill("#f-text", "x" * 185)
    assert page.inner_text(".field__left") == "15 characters left"


def test_a_refused_vote_says_why_and_goes_away(visit, cast, make):
    idea = world.build(make, cast)["idea"]
    page = visit(cast.other_customer)
    page.goto(f"/ideas/{idea.id}")
    page.route("**/vote", lambda route: route.abort())
    page.click("main .vote__button")
    refusal = page.locator("#notices .refusal")
    refusal.wait_for()
    assert "We could not reach the server" in refusal.inner_text()
    refusal.get_by_role("button", name="Close").click()
    assert refusal.count() == 0
    assert all("htmx" in each or "ERR_FAILED" in each for each in visit.mistakes)
    visit.mistakes.clear()
