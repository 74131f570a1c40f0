"""Marking a workaround on the pages of ideas and questions, and saying that it helps."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, g, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.discussion.forms import number
from portal.discussion.models import Post
from portal.ideas import queries as ideas
from portal.ideas.merging.queries import taking_for
from portal.ideas.models import Idea
from portal.moderation.workarounds import helping, queries
from portal.moderation.workarounds.marking import mark, may_mark, unmark

workarounds = Blueprint("workarounds", __name__)


@dataclass(frozen=True)
class Place:
    """An idea for which a post may be marked, and whether it is what works around it now. `here`: on its own page."""

    idea: Idea
    is_it: bool
    here: bool


def register(app: Flask) -> None:
    """Attach these addresses, and what partials of posts ask."""
    app.register_blueprint(workarounds)
    app.jinja_env.globals.update(workaround_places=_places)


@workarounds.put("/ideas/<slugged:idea_id>/workaround")
@login_required
@pages.limiter.limit("60/minute")
def put(idea_id: int) -> Response:
    idea = ideas.find(idea_id, pages.viewer())
    post = queries.find_post(request.form.get("post_id", 0, type=number), pages.viewer())
    mark(idea, post, by=pages.viewer())
    return _back(idea)


@workarounds.delete("/ideas/<slugged:idea_id>/workaround")
@login_required
@pages.limiter.limit("60/minute")
def delete(idea_id: int) -> Response:
    idea = ideas.find(idea_id, pages.viewer())
    unmark(idea, by=pages.viewer())
    return _back(idea)


@workarounds.put("/ideas/<slugged:idea_id>/workaround/help")
@login_required
@pages.limiter.limit("60/minute")
def put_help(idea_id: int) -> Response:
    idea = taking_for(ideas.find(idea_id, pages.viewer()), pages.viewer())
    helping.say(idea, by=pages.viewer())
    return _answer(idea)


@workarounds.delete("/ideas/<slugged:idea_id>/workaround/help")
@login_required
@pages.limiter.limit("60/minute")
def delete_help(idea_id: int) -> Response:
    idea = taking_for(ideas.find(idea_id, pages.viewer()), pages.viewer())
    helping.take_back(idea, by=pages.viewer())
    return _answer(idea)


def _back(idea: Idea) -> Response:
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea, _anchor="workaround"))


def _answer(idea: Idea) -> Response:
    """The workaround again, with its number, for htmx; else the page of the idea."""
    db.session.commit()
    where, viewer = url_for("ideas.show", idea_id=idea, _anchor="workaround"), pages.viewer()
    if not pages.wants_fragment():
        return pages.go(where)
    shown, vote, key, helps = ideas.find_with(idea.id, viewer, queries.of_idea, queries.helps)
    names: dict[str, Any] = {"idea": shown, "vote": vote, "workaround": queries.told(key), "helps_me": helps}
    return pages.answer("workarounds/_pinned.html", where, **names)


def _places(post: Post, idea: Idea | None, beside: Any) -> list[Place]:
    """For which ideas the viewer may mark a post that they read. `idea`: whose page it is; else staff are offered the
    ideas that the question is linked with. `beside`: what the screen knows already, None in a fragment. At most two
    queries a page, and none where the screen knows."""
    viewer = pages.viewer()
    if viewer.id is None or post.is_hidden:
        return []
    if "workaround_places" not in g:
        there = _offered(idea, post, viewer) if beside is None or beside.get("has_ideas", True) else []
        g.workaround_places = _with_posts(there, beside)
    if idea is None and not post.may_answer:
        return []
    return [Place(each, post.id == now, idea is not None) for each, now in g.workaround_places]


def _with_posts(there: list[Idea], beside: Any) -> list[tuple[Idea, int | None]]:
    """Each of these ideas with the post that is its workaround."""
    if beside is not None and "workaround" in beside:
        known = beside["workaround"]
        return [(each, known.post_id if known else None) for each in there]
    now = queries.posts_in_force([each.id for each in there]) if there else {}
    return [(each, now.get(each.id)) for each in there]


def _offered(idea: Idea | None, post: Post, viewer: Any) -> list[Idea]:
    if idea is not None:
        closed = idea.is_merged or idea.is_hidden or idea.standing.is_complete
        return [idea] if may_mark(viewer, idea) and not closed else []
    return list(queries.linked_with(post.topic_id, viewer)) if viewer.is_staff and post.topic_id else []
