"""The answer of somebody who wanted a shipped idea, on its page."""

from typing import Any

from flask import Flask, Response, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.ideas import queries as ideas_queries
from portal.ideas.forms import VerdictForm
from portal.ideas.models import Idea
from portal.ideas.queries import mark_with
from portal.ideas.verdicts import queries
from portal.ideas.verdicts.judging import judge
from portal.ideas.views import ideas, show_again


def register(app: Flask) -> None:
    """Have the page of an idea know what the viewer said, and staff what everybody said."""
    mark_with(Idea.my_verdict, queries.answer_of)
    app.jinja_env.globals.update(verdicts_on=_for_staff)


@ideas.put("/<slugged:idea_id>/verdict")
@login_required
@pages.limiter.limit("30/minute")
def put_verdict(idea_id: int) -> Response:
    idea, form = ideas_queries.find(idea_id, pages.viewer()), VerdictForm()
    if not form.validate_on_submit():
        return show_again(idea_id, 422, verdict_form=form)
    judge(idea, by=pages.viewer(), answer=form.answer.data, words=form.words.data or "")
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea, _anchor="solved"))


def _for_staff(idea: Idea) -> dict[str, Any]:
    return {"companies": queries.companies_by_answer(idea), "words": queries.words_on(idea)}
