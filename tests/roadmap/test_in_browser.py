"""Moving ideas on a roadmap in the real browser: with the pointer, with keys, and by a form without script."""

import pytest

from portal.database import db
from portal.ideas.models import Idea
from tests.roadmap.test_reading import on


@pytest.fixture
def roadmap(make):
    board = make.board(name="Mobile")
    for n, title in enumerate(("Offline mode", "Print labels", "Dark theme")):
        make.idea(board=board, title=title, status="planned", votes_up=9 - n)
    make.idea(board=board, title="Bulk edit", status="started", votes_up=1)
    return make.roadmap(name="What is coming", statuses=("planned", "started", "declined"))


def column(page, key):
    return page.locator(f"[data-column={key}] h3").all_inner_texts()


def kept(roadmap):
    """Column -> titles as they were saved."""
    db.session.rollback()
    found = on(roadmap)
    db.session.rollback()
    return found


def drag(page, title, to, above=None):
    """With the pointer, step by step, from the grip of a card into a column."""
    grip = page.locator("li.roadmap__item", has_text=title).locator(".roadmap__grip")
    start = grip.bounding_box()
    goal = (
        page.locator("li.roadmap__item", has_text=above) if above else page.locator(f"[data-column={to}] h2")
    )
    end = goal.bounding_box()
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 30, start["y"] + 30, steps=3)
    page.mouse.move(end["x"] + 40, end["y"] + 6, steps=8)
    page.mouse.up()


def test_dragging_with_the_pointer(visit, cast, roadmap, axe):
    page = visit(cast.product_manager)
    page.goto("/roadmap/")
    assert column(page, "planned") == ["Offline mode", "Print labels", "Dark theme"]
    drag(page, "Dark theme", "planned", above="Print labels")
    page.wait_for_selector("#roadmap-says:text('place 2 of 3')", state="attached")
    assert kept(roadmap)["planned"] == ["Offline mode", "Dark theme", "Print labels"]

    drag(page, "Offline mode", "started")
    page.wait_for_selector("#roadmap-why[open]")
    assert axe(page) == []
    page.fill("#roadmap-reason", "We began on Monday.")
    page.click("#roadmap-why >> text=Change it")
    page.wait_for_selector("#roadmap-says:text('is in Started')", state="attached")
    assert column(page, "started") == ["Offline mode", "Bulk edit"]
    assert kept(roadmap)["started"] == ["Offline mode", "Bulk edit"]
    page.goto("/ideas/1")
    assert "We began on Monday." in page.inner_text("main")

    page.goto("/roadmap/")
    drag(page, "Print labels", "declined")
    page.wait_for_selector("#roadmap-why[open] #roadmap-ground")
    assert page.get_attribute("#roadmap-ground", "required") is not None
    page.keyboard.press("Escape")
    page.wait_for_selector("#roadmap-says:text('left where it was')", state="attached")
    assert column(page, "planned") == ["Dark theme", "Print labels"]


def test_moving_with_keys(visit, cast, roadmap):
    page = visit(cast.product_manager)
    page.goto("/roadmap/")
    grip = page.locator("li.roadmap__item", has_text="Offline mode").locator(".roadmap__grip")
    grip.focus()
    page.keyboard.press(" ")
    assert "Lifted Offline mode. Planned, place 1 of 3." in page.text_content("#roadmap-says")
    page.keyboard.press("ArrowDown")
    assert page.text_content("#roadmap-says") == "Planned, place 2 of 3"
    page.keyboard.press("ArrowRight")
    assert page.text_content("#roadmap-says") == "Started, place 2 of 2"
    page.keyboard.press("Escape")
    assert column(page, "planned") == ["Offline mode", "Print labels", "Dark theme"]
    for key in (" ", "ArrowDown", "ArrowDown", " "):
        page.keyboard.press(key)
    page.wait_for_selector("#roadmap-says:text('Offline mode is in Planned, place 3 of 3')", state="attached")
    assert "Offline mode" in page.evaluate("document.activeElement.textContent")
    for key in (" ", "ArrowRight", " "):
        page.keyboard.press(key)
    page.wait_for_selector("#roadmap-why[open]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#roadmap-says:text('is in Started')", state="attached")
    assert kept(roadmap) == {
        "planned": ["Print labels", "Dark theme"],
        "started": ["Bulk edit", "Offline mode"],
        "declined": [],
    }


def test_what_is_refused_goes_back(visit, cast, roadmap):
    page = visit(cast.product_manager)
    page.goto("/roadmap/")
    db.session.delete(db.session.query(Idea).filter_by(title="Dark theme").one())
    db.session.commit()
    page.locator("li.roadmap__item", has_text="Dark theme").locator(".roadmap__grip").focus()
    for key in (" ", "ArrowUp", " "):
        page.keyboard.press(key)
    page.wait_for_selector(".refusal")
    assert column(page, "planned") == ["Offline mode", "Print labels", "Dark theme"]
    assert "not moved" in page.text_content("#roadmap-says")
    assert all("404" in each for each in visit.mistakes)
    visit.mistakes.clear()


def test_moving_by_a_form_without_script(visit, cast, roadmap):
    page = visit(cast.product_manager, script=False, width=390)
    page.goto("/roadmap/")
    page.locator("li.roadmap__item", has_text="Offline mode").locator(".roadmap__grip").click()
    page.select_option("#column", "started")
    page.fill("#place", "2")
    page.fill("#reason", "We began.")
    page.click("main >> text=Move it >> nth=-1")
    page.wait_for_url("**/roadmap/*#idea-1")
    assert kept(roadmap)["started"] == ["Bulk edit", "Offline mode"]


def test_customers_read_and_vote_but_move_nothing(visit, cast, roadmap):
    page = visit(cast.customer, width=390)
    page.goto("/roadmap/")
    assert page.locator(".roadmap__grip").count() == 0
    page.click("#vote-idea-1-button")
    page.wait_for_selector("#vote-idea-1-button[aria-pressed=true]")
    assert page.inner_text("#vote-idea-1-button b") == "10"
