"""Saying on a decided idea that one still wants it."""

from flask import Flask, Response, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.ideas import queries as ideas_queries
from portal.ideas.appeals import appealing, queries
from portal.ideas.models import Idea
from portal.ideas.queries import mark_with
from portal.ideas.views import ideas


def register(app: Flask) -> None:
    """Have the page of an idea know whether the viewer said so."""
    mark_with(Idea.has_my_appeal, queries.has_appealed)
    app.jinja_env.globals.update(why_no_appeals=appealing.why_no_appeals)


@ideas.put("/<slugged:idea_id>/appeal")
@login_required
@pages.limiter.limit("30/minute")
def put_appeal(idea_id: int) -> Response:
    idea = ideas_queries.find(idea_id, pages.viewer())
    appealing.appeal(idea, by=pages.viewer())
    return _done(idea)


@ideas.delete("/<slugged:idea_id>/appeal")
@login_required
@pages.limiter.limit("30/minute")
def delete_appeal(idea_id: int) -> Response:
    idea = ideas_queries.find(idea_id, pages.viewer())
    appealing.withdraw(idea, by=pages.viewer())
    return _done(idea)


def _done(idea: Idea) -> Response:
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea))
