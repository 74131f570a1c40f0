"""The page of what changed for somebody, and following an idea."""

from typing import Any

from flask import Blueprint, Flask, Response, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.accounts.queries import count_unread
from portal.database import db
from portal.ideas import queries as ideas_queries
from portal.ideas.grounds import queries as grounds
from portal.ideas.models import Idea
from portal.ideas.queries import mark_with
from portal.ideas.standing import Standing
from portal.notifications import following, queries, reading

notices = Blueprint("notices", __name__)

MANY = f"{queries.MOST}+"


def register(app: Flask) -> None:
    """Attach these pages, and count what is new with each sign-in."""
    app.register_blueprint(notices)
    app.jinja_env.globals.update(unread_notices=_unread)
    count_unread(queries.unread())
    mark_with(Idea.is_followed, queries.is_following)


@notices.get("/notices/")
@login_required
def index() -> Response:
    page = queries.page_of(pages.viewer(), request.args.get("page"))
    decisions = queries.decisions_behind(page.rows)
    names = grounds.names() if any(each.ground for each in decisions.values()) else {}
    standings = {
        each.id: Standing.read(each.what, each.written) for each in page.rows if each.kind == "status"
    }
    about: dict[str, Any] = {"decisions": decisions, "grounds": names, "standings": standings}
    about["others"] = queries.merges_behind(page.rows, pages.viewer())
    return pages.page("notifications/index.html", page=page, **about)


@notices.put("/notices/<int:notice_id>/reading")
@login_required
def put_reading(notice_id: int) -> Response:
    reading.read(queries.find(notice_id, pages.viewer()))
    return _back_to_list()


@notices.put("/notices/<int:notice_id>/reading/all")
@login_required
def put_all_readings(notice_id: int) -> Response:
    """This one and all that are older."""
    reading.read_up_to(queries.find(notice_id, pages.viewer()), by=pages.viewer())
    return _back_to_list()


@notices.put("/ideas/<slugged:idea_id>/following")
@login_required
@pages.limiter.limit("60/minute")
def put_following(idea_id: int) -> Response:
    idea = ideas_queries.find(idea_id, pages.viewer())
    following.follow(idea, by=pages.viewer())
    return _back_to_idea(idea)


@notices.delete("/ideas/<slugged:idea_id>/following")
@login_required
@pages.limiter.limit("60/minute")
def delete_following(idea_id: int) -> Response:
    idea = ideas_queries.find(idea_id, pages.viewer())
    following.stop(idea, by=pages.viewer())
    return _back_to_idea(idea)


def _back_to_list() -> Response:
    db.session.commit()
    return pages.go(url_for(".index"))


def _back_to_idea(idea: Any) -> Response:
    """To the idea, or to the list of notices from which it came."""
    db.session.commit()
    if request.args.get("from") == "notices":
        return pages.go(url_for(".index"))
    return pages.go(url_for("ideas.show", idea_id=idea))


def _unread() -> str:
    """How many notices wait, for the head of a page; empty for none."""
    number = (pages.viewer().unread or 0) if current_user.is_authenticated else 0
    return MANY if number > queries.MOST else str(number or "")
