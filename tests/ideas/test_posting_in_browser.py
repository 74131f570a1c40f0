"""From the first letter of a title to a vote or an idea, with script and without."""

import pytest

from portal.database import db
from portal.discussion.drafts.models import Draft
from portal.ideas.models import Idea
from portal.search.indexing import rebuild

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


@pytest.fixture
def idea(make, app, cast):
    made = make.idea(title="Offline mode for visits", board=make.board(name="Mobile"), author=cast.customer)
    list(rebuild(app.extensions["search"]))
    db.session.rollback()
    return made


def texts(model, name):
    db.session.rollback()
    found = [getattr(each, name) for each in db.session.query(model).order_by(model.id)]
    db.session.rollback()
    return found


@SCRIPT
def test_type_see_the_duplicate_and_vote_there(visit, cast, idea, axe, script):
    button = f"#vote-idea-{idea.id}-button"
    page = visit(cast.other_customer, script=script, width=360)
    page.goto("/ideas/new")
    page.type("#title", "Offline mode on visits")
    if script:
        page.wait_for_selector("#similar a:text('Offline mode for visits')")
        assert "arrow down" in page.inner_text("#similar-says")
        page.press("#title", "ArrowDown")
        assert page.evaluate("document.activeElement.textContent") == "Offline mode for visits"
        page.press("#similar a", "Escape")
        assert page.evaluate("document.activeElement.id") == "title"
    else:
        page.fill("#body", "No signal in basements.")
        page.click("text=Look for similar ideas")
        page.wait_for_selector("h1:text('Is it one of these?')")
    page.click(button)
    page.wait_for_selector(f"{button}[aria-pressed=true]")
    if script:
        assert axe(page) == []
    else:
        assert "No signal in basements." in page.inner_text("main")
    assert texts(Idea, "votes_up") == [1]


@SCRIPT
def test_type_and_post_anyway(visit, cast, idea, script):
    page = visit(cast.other_customer, script=script)
    page.goto("/ideas/new")
    page.type("#title", "Offline mode on visits")
    if script:
        page.wait_for_selector("#similar a")
    page.fill("#body", "No signal in basements.\nAt all.")
    page.click("text=Post the idea")
    if not script:
        page.click("text=Post it anyway")
    page.wait_for_selector("h1:text('Offline mode on visits')")
    assert texts(Idea, "title")[1:] == ["Offline mode on visits"]


def test_a_draft_is_saved_while_typing_and_in_two_tabs(visit, cast, idea):
    page = visit(cast.other_customer)
    page.goto("/ideas/new")
    page.fill("#title", "A zebra crossing")
    page.wait_for_selector("#draft-state :text('Draft saved')")
    page.fill("#body", "In the yard")
    page.wait_for_selector("#draft-state [name=version][value='2']", state="attached")
    other = page.context.new_page()
    other.goto("/drafts/")
    other.click("text=A zebra crossing")
    assert other.input_value("#body") == "In the yard"
    other.fill("#body", "In the yard, painted")
    other.wait_for_selector("#draft-state :text('Draft saved')")
    other.wait_for_selector("#draft-state [name=version][value='3']", state="attached")
    page.fill("#body", "In the yard, striped")
    page.wait_for_selector("text=This draft was changed in another tab.")
    page.click("text=Post the idea")
    page.wait_for_selector("h1:text('A zebra crossing')")
    assert [each for each in texts(Draft, "fields") if each] != []
    other.goto("/drafts/")
    assert "In the yard, painted" in other.inner_text("main")


def test_a_draft_without_script_and_a_session_that_ended(visit, cast, idea):
    page = visit(cast.other_customer, script=False)
    page.goto("/ideas/new")
    page.fill("#title", "A zebra crossing")
    page.click("text=Save draft")
    page.wait_for_selector("text=The draft is saved.")
    page.fill("#body", "In the yard")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.click("text=Post the idea")
    page.wait_for_selector("text=What you wrote is kept.")
    # Whoever signs in keeps the cookie that holds the claim; here the old session and the claim are put together.
    claim = page.context.cookies()
    assert claim
    page.context.clear_cookies()
    page.context.add_cookies(cookies)
    page.goto("/drafts/")
    assert "A zebra crossing" in page.inner_text("main")
