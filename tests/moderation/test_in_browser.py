"""A moderator makes an idea of a question, an answer works around it, and a voter says that it helps; then they are parted."""

import pytest

from portal.database import db
from portal.ideas.models import Idea
from portal.moderation.converting.models import Conversion
from portal.voting import casting


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_a_question_to_an_idea_with_a_workaround_and_back(visit, axe, make, cast, script):
    topic = make.topic(author=cast.customer, title="How do I export a rota?")
    make.reply(topic, author=cast.other_customer, body="Print it into a file.")
    make.board(name="Rota")
    here = f"/questions/{topic.id}"
    page = visit(cast.moderator, script=script, width=1280 if script else 390, dark=not script)
    page.goto(here)
    page.click("text=Make it an idea")
    page.wait_for_selector("h1:text('Make it an idea')")
    assert not script or axe(page) == []
    page.fill("#title", "Export a rota as a file")
    page.click("button:text('Make it an idea')")
    page.wait_for_selector("h1:text('Export a rota as a file')")
    assert "Proposed from the question How do I export a rota? on" in page.inner_text("#conversion")
    page.click("#conversion a:text('How do I export')")
    page.click("button:has-text('Works around')")
    page.wait_for_selector("#workaround")
    assert "Print it into a file." in page.inner_text("#workaround")
    assert not script or axe(page) == []
    idea = db.session.query(Idea).one()
    casting.cast(idea, by=cast.other_customer)
    path = f"/ideas/{idea.id}"
    db.session.commit()

    tomas = visit(cast.other_customer, script=script, width=390)
    tomas.goto(path)
    if script:
        tomas.evaluate("document.body.dataset.stays = 'yes'")
    for pressed, says in (
        ("true", "1 of 2 voters is helped for now."),
        ("false", "Nobody said yet that it helps."),
    ):
        tomas.click("#workaround button")
        tomas.wait_for_selector(f"#workaround button[aria-pressed={pressed}]")
        assert says in tomas.inner_text("#workaround")
    assert not script or tomas.evaluate("document.body.dataset.stays") == "yes"

    page.click("text=Part them again")
    page.fill("#reason", "It is possible already.")
    page.click("button:text('Part them')")
    page.wait_for_selector("h1:text('They were parted')")
    page.click("button:text('Bring the idea back')")
    page.wait_for_selector("h1:text('Part them again')")
    db.session.rollback()
    assert [each.ended_at is None for each in db.session.query(Conversion).order_by(Conversion.id)] == [
        False,
        True,
    ]
