"""Ideas in a real browser: with script nothing reloads, without it everything works the same."""

import pytest

from portal.database import db
from portal.ideas.models import Idea
from portal.search.indexing import rebuild
from portal.voting import casting


@pytest.fixture
def idea(make, cast):
    made = make.idea(title="Offline mode", author=cast.customer, board=make.board(name="Mobile"))
    casting.cast(made, by=cast.customer)
    db.session.commit()
    return made


def votes_of(idea):
    db.session.rollback()
    votes = db.session.get_one(Idea, idea.id, populate_existing=True).votes_up
    db.session.rollback()
    return votes


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_voting_in_the_list_and_on_the_page(visit, cast, idea, script):
    place, button = f"/ideas/{idea.id}-offline-mode", f"#vote-idea-{idea.id}-button"
    page = visit(cast.other_customer, script=script, width=390)
    page.goto("/ideas/")
    page.click(button)
    page.wait_for_selector(f"{button}[aria-pressed=true]")
    assert page.inner_text(f"{button} b") == "2"
    assert page.url.partition("#")[0].endswith("/ideas/")
    page.goto(place)
    assert "You voted for it" in page.inner_text("main")
    page.click(button)
    page.wait_for_selector(f"{button}[aria-pressed=false]")
    assert "You voted for it" not in page.inner_text("main")
    assert page.url.partition("#")[0].endswith(place)
    assert votes_of(idea) == 1


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_the_first_screen_to_an_answered_idea(visit, cast, idea, script):
    page = visit(cast.customer, script=script)
    page.goto("/")
    page.fill("#ask", "Dark theme")
    page.click("text=Continue")
    page.click("text=Share it as an idea")
    assert page.input_value("#title") == "Dark theme"
    page.fill("#body", "The wall screens are **too bright** at night.")
    page.click("text=Post the idea")
    page.wait_for_selector("h1:text('Dark theme')")
    assert page.inner_text(".prose strong") == "too bright"
    page.fill("#comment textarea", "Also for the *vans*.")
    page.click("text=Post comment")
    page.wait_for_selector("#posts em:text('vans')")
    assert page.input_value("#comment textarea") == ""

    manager = visit(cast.product_manager, script=script)
    manager.goto(page.url)
    manager.click("summary:text('Give the official answer')")
    manager.fill("#answer-body", "In the next release.")
    manager.select_option("#answer-status", "planned")
    manager.click("text=Publish the answer")
    manager.wait_for_selector("#official-answer:has-text('In the next release.')")
    assert "Planned" in manager.inner_text(".facts")


def test_a_vote_that_is_refused_says_why_on_the_spot(visit, cast, idea):
    button = f"#vote-idea-{idea.id}-button"
    page = visit(cast.other_customer)
    page.goto("/ideas/")
    idea.status = "shipped"
    db.session.commit()
    page.click(button)
    page.wait_for_selector(".refusal:has-text('is shipped and takes no more votes')")
    # htmx writes every refusal into the console.
    assert all("409" in each for each in visit.mistakes)
    visit.mistakes.clear()


def test_likely_duplicates_appear_while_the_title_is_typed(visit, cast, idea, app):
    list(rebuild(app.extensions["search"]))
    db.session.rollback()
    page = visit(cast.other_customer)
    page.goto("/ideas/new")
    page.type("#title", "offline mode")
    page.wait_for_selector("#similar a:text('Offline mode')")
    page.fill("#title", "zebra crossing")
    page.wait_for_selector("#similar:empty", state="attached")
