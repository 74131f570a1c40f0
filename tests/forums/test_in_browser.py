"""Questions in a real browser: asked and answered with script and without, at phone width, in both themes."""

import pytest

from portal import clock
from portal.database import db
from portal.discussion.models import Post
from portal.forums.accepting import accept


@pytest.fixture
def question(make, cast):
    topic = make.topic(
        author=cast.customer, title="Report shows old totals", category=make.category(name="Reports")
    )
    make.reply(topic, author=cast.other_customer, body="Choose **Period**.")
    db.session.commit()
    return topic


@pytest.fixture
def place(question):
    """The address of the question; nothing is held open in the database."""
    path = f"/questions/{question.id}"
    db.session.commit()
    return path


@pytest.mark.parametrize("script", [True, False])
def test_from_question_to_accepted_answer(visit, make, cast, script):
    make.category(name="Reports")
    asker = visit(cast.customer, script=script)
    db.session.commit()
    asker.goto("/questions/")
    asker.get_by_role("link", name="Ask a question").first.click()
    asker.get_by_label("Title").fill("Where is the daily report?")
    asker.get_by_label("Text").fill("It was under *Period*.")
    asker.get_by_role("button", name="Post it").click()
    asker.get_by_role("heading", name="Where is the daily report?").wait_for()
    path = asker.url

    helper = visit(cast.other_customer, script=script)
    db.session.commit()
    helper.goto(path)
    helper.get_by_label("Your answer").last.fill("Under the three dots.")
    helper.get_by_role("button", name="Post answer").click()
    helper.get_by_text("Under the three dots.", exact=True).wait_for()
    assert helper.locator("textarea[name=body]").input_value() == ""

    asker.goto(path)
    asker.get_by_role("button", name="Useful", exact=True).click()
    asker.locator("[aria-pressed=true]").wait_for()
    asker.get_by_role("button", name="This solved it").click()
    best = asker.get_by_role("region", name="Accepted answer")
    best.get_by_text("Under the three dots.").wait_for()
    best.get_by_role("link", name="Comment").click()
    asker.get_by_label("Your comment").fill("Thanks, that is it.")
    asker.get_by_role("button", name="Post comment").click()
    best.get_by_text("Thanks, that is it.").wait_for()


def test_a_vote_by_script_stays_on_the_page(visit, cast, place):
    page = visit(cast.customer)
    db.session.commit()
    page.goto(place)
    page.evaluate("window.untouched = true")
    page.get_by_role("button", name="Not useful").click()
    page.locator("[aria-pressed=true]").wait_for()
    assert page.locator(".vote.pair output").inner_text() == "-1"
    page.locator("[aria-pressed=true]").click()
    page.locator("[aria-pressed=true]").wait_for(state="detached")
    assert page.locator(".vote.pair output").inner_text() == "0"
    assert page.evaluate("window.untouched")


def test_a_reply_by_script_stands_at_the_end(visit, cast, place):
    page = visit(cast.customer)
    db.session.commit()
    page.goto(place)
    page.evaluate("window.untouched = true")
    page.locator("textarea[name=body]").fill("  ")
    page.get_by_role("button", name="Post answer").click()
    page.get_by_role("alert").get_by_text("Please write a text.").wait_for()
    page.locator("textarea[name=body]").fill("It works.")
    page.get_by_role("button", name="Post answer").click()
    page.locator("#posts article").nth(1).get_by_text("It works.").wait_for()
    assert page.locator("textarea[name=body]").input_value() == ""
    assert page.evaluate("window.untouched")


def test_a_lock_that_came_meanwhile_is_said_and_the_text_kept(visit, cast, question, place):
    page = visit(cast.customer)
    db.session.commit()
    page.goto(place)
    question.locked_at, question.locked_reason = clock.now(), "Settled in the docs"
    db.session.commit()
    page.locator("textarea[name=body]").fill("What I typed for an hour.")
    page.get_by_role("button", name="Post answer").click()
    page.get_by_text("Settled in the docs").wait_for()
    assert page.locator("textarea[name=body]").input_value() == "What I typed for an hour."
    # htmx notes every refusal on the console; this one was expected.
    assert all("409" in mistake for mistake in visit.mistakes)
    visit.mistakes.clear()


@pytest.fixture
def everything(make, cast, question):
    """Every state of a reply on one page."""
    source = {
        "source_system": "old.example",
        "source_url": "https://old.example/1",
        "license": "CC BY-SA 4.0",
    }
    hidden = {"hidden_at": clock.now(), "hidden_reason": "Advertising"}
    answer = db.session.query(Post).filter_by(topic_id=question.id).one()
    for _ in range(7):
        make.reply(question, author=cast.customer, parent_id=answer.id)
    make.reply(question, ghost_name="user 4711", source_id="1", **source)
    make.reply(
        question, author=cast.customer, body="# A\n\n```py\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    make.reply(question, author=cast.customer, **hidden)
    make.reply(question, author=cast.moderator, edited_at=clock.now())
    make.reply(question, aside=True)
    accept(answer, by=cast.customer)
    db.session.commit()
    return question


PAGES = [
    "/questions/{topic.id}",
    "/questions/{topic.id}?from=9",
    "/questions/{topic.id}/comments",
    "/posts/{post.id}/comments",
]
"""Where all of it is seen; how other pages fare, with less on them, tests/look/test_every_page.py says."""


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 360)])
def test_a_rich_topic_is_fit_for_everyone(visit, axe, cast, everything, dark, width):
    post = db.session.query(Post).filter_by(topic_id=everything.id, position=1).one()
    paths = [path.format(topic=everything, post=post) for path in PAGES]
    db.session.commit()
    found = {}
    page = visit(cast.moderator, dark=dark, width=width)
    db.session.commit()
    for path in paths:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        found[path] = axe(page) + ["wider than the screen"] * wide
    assert {path: faults for path, faults in found.items() if faults} == {}
