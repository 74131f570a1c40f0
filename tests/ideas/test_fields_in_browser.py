"""What a board asks, in the real browser: with script and without, on a phone and on a desk, in the dark and by light."""

import pytest

from portal.database import db
from portal.ideas.fields import queries
from portal.ideas.models import Idea

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


@pytest.fixture
def boards(make):
    desktop, mobile = make.board(name="Desktop", position=1), make.board(name="Mobile", position=2)
    make.field(desktop, name="Screen")
    make.field(mobile, "Phone", "Tablet", name="Device", required=True)
    make.field(mobile, "Mo", "Tu", name="Days", type="choices", help="When it comes up")
    make.field(mobile, name="Since", type="date", circle="author")
    return desktop, mobile


def said():
    db.session.rollback()
    idea = db.session.query(Idea).order_by(Idea.id.desc()).first()
    found = {each.field.name: each.words for each in queries.values_of([idea.id]).get(idea.id, ())}
    db.session.rollback()
    return found


@SCRIPT
@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)], ids=["phone", "desk"])
def test_choose_a_board_answer_what_it_asks_and_post(visit, cast, boards, axe, script, width, dark):
    desktop, mobile = [str(each.id) for each in boards]
    page = visit(cast.customer, script=script, width=width, dark=dark)
    page.goto("/ideas/new")
    page.fill("#title", "A rota that opens offline")
    page.fill("#body", "No signal in basements.")
    page.fill("text=Screen", "4K")
    page.select_option("#board", mobile)
    if not script:
        page.click("text=Show what this board asks")
    page.wait_for_selector("legend:has-text('Days')")
    assert page.input_value("#title") == "A rota that opens offline"
    assert page.input_value("#body") == "No signal in basements."
    assert axe(page) == [] if script else True
    page.check("text=Tu")
    if not script:
        # The browser itself asks for what is needed, so the board is asked without it.
        page.select_option("#board", desktop)
        page.click("text=Show what this board asks")
        assert page.input_value("text=Screen") == "4K"
        page.select_option("#board", mobile)
        page.click("text=Show what this board asks")
        assert page.is_checked("text=Tu")
    page.select_option("#asked select", label="Tablet")
    page.click("text=Post the idea")
    page.wait_for_selector("h1:text('A rota that opens offline')")
    assert said() == {"Device": "Tablet", "Days": "Tu"}
    assert page.inner_text(".pairs").split() == ["Device", "Tablet", "Days", "Tu"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text=Change the details")
    page.fill("text=Since", "2026-03-01")
    page.click("main button:text('Save')")
    page.wait_for_selector("text=2026-03-01")
    if script:
        assert axe(page) == []


def test_the_desk_of_fields_keeps_nobody_out(visit, cast, boards, axe):
    here = f"/admin/boards/{boards[1].id}/fields"
    page = visit(cast.admin, width=360)
    for path in (here, f"{here}/2"):
        page.goto(path)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text=only they and staff read it")
    page.click("main button:text-is('Save')")
    page.wait_for_selector("text=Nothing is saved yet.")
    assert axe(page) == []
    page.click("text=Save it so")
    page.wait_for_selector("text=Device is saved.")
