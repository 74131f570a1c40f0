"""Saying whether one still wants an idea, on its page and in one's list; and the list of what is asked, for staff."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response, flash, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.errors import NotAllowed
from portal.ideas import queries as ideas_queries
from portal.ideas import reading
from portal.ideas.ballots.views import after_vote, back_to
from portal.ideas.inquiries.forms import StillWantedForm
from portal.ideas.inquiring import answering, ending, queries
from portal.ideas.models import Idea
from portal.ideas.views import ideas

THANKS = "Thank you. The idea stays open."
NOTED = "Your word is noted. If you change your mind, the page of the idea asks you again."
NAMES = {queries.OPEN: "Asked now", queries.PAST: "Ended"}


def register(app: Flask) -> None:
    """Have the page of an idea know until when people are asked about it, and what the viewer said."""
    reading.read_beside("asked_until", queries.asked_until, lambda until: until)
    reading.read_beside("still_wanted", queries.said_by, lambda says: says)
    app.jinja_env.globals.update(is_asked=_is_asked, asked_among=_asked_among)


@ideas.put("/<slugged:idea_id>/still-wanted")
@login_required
@pages.limiter.limit("60/minute")
def put_still_wanted(idea_id: int) -> Response:
    viewer, form = pages.viewer(), StillWantedForm()
    idea, _ = ideas_queries.find_to_show(idea_id, viewer)
    shown = idea.id
    answering.answer(idea, by=viewer, says=form.says.data or "")
    db.session.commit()
    return _answered(shown, form.says.data or "")


@ideas.put("/<slugged:idea_id>/still-wanted/keeping")
@login_required
@pages.limiter.limit("60/minute")
def put_keeping(idea_id: int) -> Response:
    idea = ideas_queries.find(idea_id, pages.viewer())
    ending.keep(idea, by=pages.viewer())
    db.session.commit()
    return pages.go(url_for("ideas.still_wanted"))


@ideas.get("/still-wanted")
@login_required
def still_wanted() -> Response:
    viewer = pages.viewer()
    if not viewer.is_staff:
        raise NotAllowed("This list is for staff. What you are asked stands on the page of each idea.")
    which = request.args.get("list", "")
    which = which if which in NAMES else queries.OPEN
    page = queries.page_of(ideas_queries.listed_to(viewer), which, request.args.get("page"))
    names: dict[str, Any] = {"which": which, "names": NAMES, "said": queries.counted(page.rows)}
    return pages.page("ideas/inquiries/index.html", page=page, **names)


def _answered(idea_id: int, says: str) -> Response:
    names = after_vote(idea_id)
    asked = queries.asked_about(pages.viewer(), [idea_id]).get(idea_id)
    if not pages.wants_fragment():
        flash(THANKS if says == "yes" else NOTED, "good")
    where = back_to(names["idea"])
    return pages.answer("ideas/inquiries/answer.hx.html", where, asked=asked, says=says, **names)


def _is_asked(idea: Any, vote: Any) -> bool:
    return answering.is_asked(pages.viewer(), idea, vote)


def _asked_among(shown: Sequence[Idea]) -> Mapping[int, queries.Asked]:
    """Of ideas that the viewer wrote or voted for: about which they are asked; for templates, one query on a page."""
    return queries.asked_about(pages.viewer(), [each.id for each in shown])
