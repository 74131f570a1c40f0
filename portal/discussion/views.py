"""The pages of one post: its permalink, edit, history, and the comments on it."""

import re
from typing import Any

from flask import Blueprint, Flask, Response, redirect, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.database import db
from portal.discussion import queries
from portal.discussion.comparing import compare
from portal.discussion.editing import edit, may_edit
from portal.discussion.forms import PostForm, number
from portal.discussion.linking import Neighbour
from portal.discussion.models import Post
from portal.discussion.queries import Marks, Shown
from portal.discussion.subjects import KINDS, kind_of, subject_id
from portal.discussion.writing import write
from portal.errors import NotAllowed, NotFound

discussion = Blueprint("discussion", __name__, url_prefix="/posts")

DEEDS = re.compile(r"CC (BY(?:-(?:SA|NC|ND))*) (\d\.\d)")


def register(app: Flask) -> None:
    """Attach these pages, and the names that templates of other slices use with posts."""
    app.register_blueprint(discussion)
    app.jinja_env.globals.update(
        post_url=post_url, subject_url=subject_url, history_url=history_url, may_edit=may_edit, as_shown=Shown
    )
    app.jinja_env.tests["linkable"] = lambda url: bool(url) and re.match(r"https?://", url) is not None
    app.jinja_env.filters["deed"] = deed


def subject_url(thing: Any) -> str:
    """The address of an idea or topic, or of what links to one (a Neighbour)."""
    kind = KINDS[thing.name] if isinstance(thing, Neighbour) else kind_of(thing)
    return url_for(kind.endpoint, **{kind.argument: thing})


def post_url(post: Post) -> str:
    """The permanent address of a post."""
    kind = kind_of(post)
    ids: dict[str, Any] = {kind.argument: subject_id(post), "post_id": post.id}
    return url_for(kind.post_endpoint, **ids)


def history_url(thing: Any) -> str:
    """Where the earlier texts of a post, idea or topic are shown."""
    if isinstance(thing, Post):
        return url_for("discussion.history", post_id=thing.id)
    kind = kind_of(thing)
    return url_for(kind.endpoint.replace("show", "history"), **{kind.argument: thing})


def deed(license_name: str) -> str:
    """The page of a Creative Commons licence by its short name, "CC BY-SA 3.0"; empty for others."""
    found = DEEDS.match(license_name)
    return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/" if found else ""


def history_page(thing: Any, **context: Any) -> Response:
    """The edits of a thing, for its author and staff. Raises NotAllowed for others."""
    if not (current_user.is_staff or thing.is_by(current_user)):
        raise NotAllowed("Only its author and staff may see what it said before.")
    later, steps = thing, []
    for revision, editor in queries.revisions_of(thing):
        titles = compare(revision.title or "", later.title or "") if revision.title else []
        steps.append((revision.at, editor, titles, compare(revision.body, later.body)))
        later = revision
    return pages.page("discussion/history.html", thing=thing, steps=steps, **context)


@discussion.get("/<slugged:post_id>")
def show(post_id: int) -> Any:
    return redirect(post_url(_find(post_id)))


@discussion.get("/<slugged:post_id>/edit")
@login_required
def edit_post(post_id: int) -> Response:
    post = _find(post_id)
    if not may_edit(current_user, post):
        raise NotAllowed("Only its author and moderators may change this text.")
    return pages.page("discussion/edit.html", post=post, form=PostForm(obj=post))


@discussion.put("/<slugged:post_id>")
@login_required
@pages.limiter.limit("30/minute")
def put_post(post_id: int) -> Response:
    post, form = _find(post_id), PostForm()
    if not form.validate_on_submit():
        return pages.page("discussion/edit.html", 422, post=post, form=form)
    edit(post, by=pages.viewer(), body=form.body.data)
    db.session.commit()
    return pages.go(post_url(post))


@discussion.get("/<slugged:post_id>/history")
@login_required
def history(post_id: int) -> Response:
    post = _find(post_id)
    return history_page(post, back=post_url(post))


@discussion.get("/<slugged:post_id>/comments")
def comments(post_id: int) -> Response:
    post, viewer = _find(post_id), pages.viewer()
    after = request.args.get("after", 0, type=number)
    rows, more = queries.comments_on(post, viewer, after=after)
    return pages.page(
        "discussion/comments.html",
        post=post,
        shown=Shown(post),
        rows=rows,
        more=more,
        after=after,
        subject=_subject(post),
        marks=Marks(open=current_user.is_authenticated),
    )


@discussion.get("/<slugged:post_id>/comments/new")
@login_required
def new_comment(post_id: int) -> Response:
    post = _find(post_id)
    return pages.page("discussion/new_comment.html", post=post, form=PostForm())


@discussion.post("/<slugged:post_id>/comments")
@login_required
@pages.limiter.limit("30/minute")
def create_comment(post_id: int) -> Response:
    post, form = _find(post_id), PostForm()
    if not form.validate_on_submit():
        return pages.page("discussion/new_comment.html", 422, post=post, form=form)
    comment = write(_subject(post), by=pages.viewer(), body=form.body.data, parent=post)
    db.session.commit()
    return pages.go(post_url(comment))


def _find(post_id: int) -> Post:
    viewer = pages.viewer()
    post = db.session.scalar(queries.with_author(queries.visible_posts(viewer)).where(Post.id == post_id))
    if post is None:
        raise NotFound("This post does not exist, or a moderator hid it.")
    return post


def _subject(post: Post) -> Any:
    kind = kind_of(post)
    return db.session.get_one(kind.model, subject_id(post))
