"""The pages under /changelog/ that everybody reads, the feed, and the chore that publishes."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Flask, Response, flash, make_response, render_template, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.discussion.images import queries as images
from portal.errors import NotFound
from portal.ideas import queries as ideas_queries
from portal.ideas.changelog import feeding, following, publishing, queries
from portal.ideas.changelog.models import ChangelogEntry, Stage

log = logging.getLogger(__name__)

changelog = Blueprint("changelog", __name__, url_prefix="/changelog")

PAGE = 10
IN_FEED = 30
CHORE = "publish_changelog"
"""The chore of the worker."""


def register(app: Flask) -> None:
    """Attach these pages, and have the worker publish what is due."""
    app.register_blueprint(changelog)
    images.stand_in("entry_id", ChangelogEntry, queries.is_read_by)
    app.extensions["jobs"].add(CHORE, publish_due)


@changelog.get("/")
def index() -> Response:
    viewer, kinds = pages.viewer(), queries.kinds(archived=True)
    boards = ideas_queries.boards(viewer)
    kind, board = _kind(kinds), request.args.get("board", type=_number)
    if board is not None and board not in {each.id for each in boards}:
        raise NotFound("There is no such board. Look at the whole changelog instead.")
    entries = queries.narrowed(queries.visible_to(viewer), viewer, kind, board)
    page = queries.NEWEST.page(queries.read, entries, cursor=request.args.get("page"), size=PAGE)
    wanted = {"kind": kind or None, "board": board}
    names: dict[str, Any] = {"page": page, "boards": boards, "wanted": wanted}
    return pages.page("changelog/index.html", **names, **_beside(page.rows, kinds))


@changelog.get("/<slugged:entry_id>")
def show(entry_id: int) -> Response:
    entry = queries.find(entry_id, pages.viewer())
    if entry.stage == Stage.WITHDRAWN:
        return pages.page("changelog/gone.html", 410, entry=entry)
    beside = _beside([entry], queries.kinds(archived=True))
    return pages.page("changelog/show.html", entry=entry, **beside)


@changelog.get("/feed.atom")
@pages.limiter.limit("120/minute")
def feed() -> Response:
    """What this viewer may read, as Atom (RFC 4287); without a session what everybody may."""
    viewer, kinds = pages.viewer(), queries.kinds(archived=True)
    entries = queries.narrowed(queries.visible_to(viewer), viewer, _kind(kinds))
    newest = queries.NEWEST.page(queries.read, entries, cursor=None, size=IN_FEED).rows
    items = feeding.items(newest, queries.labels_of(newest), kinds, _permanent)
    changed = queries.last_change(viewer)
    updated = max((item.updated for item in items), default=feeding.stamp(changed) if changed else None)
    text = render_template("changelog/feed.xml", items=items, updated=updated, kind=_kind(kinds), kinds=kinds)
    response = make_response(text)
    response.mimetype, response.last_modified = "application/atom+xml", changed
    response.headers["Cache-Control"] = ("private" if viewer.id else "public") + ", no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@changelog.put("/following")
@login_required
def follow() -> Response:
    following.follow(pages.viewer())
    db.session.commit()
    flash("You follow the changelog.", "good")
    return pages.go(url_for(".index"))


@changelog.delete("/following")
@login_required
def stop() -> Response:
    following.stop(pages.viewer())
    db.session.commit()
    flash("You do not follow the changelog any more.", "good")
    return pages.go(pages.ours(request.args.get("back", "")[:200]) or url_for(".index"))


def publish_due(stopping: Callable[[], bool]) -> None:
    """Publish what is due, each entry in a transaction of its own; a failure keeps no other one."""
    due = queries.due()
    db.session.rollback()
    for entry_id in due:
        if stopping():
            return
        try:
            publishing.publish_due(entry_id)
            db.session.commit()
        except Exception:
            log.exception("Entry %s of the changelog could not be published; it is tried again", entry_id)
            db.session.rollback()


def _beside(entries: Sequence[ChangelogEntry], kinds: Any) -> dict[str, Any]:
    """What stands beside entries: their ideas and kinds, and whether the viewer follows."""
    viewer = pages.viewer()
    return {
        "ideas": queries.ideas_of(entries, viewer),
        "labels": queries.labels_of(entries),
        "kinds": kinds,
        "follows": queries.follows(viewer),
    }


def _kind(kinds: Any) -> str:
    """The kind that the address asks for, "" for none there is."""
    asked = request.args.get("kind", "")
    return asked if asked in {each.key for each in kinds} else ""


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError(text)
    return int(text)


def _permanent(entry: ChangelogEntry) -> str:
    """The address that never changes: without the readable tail, which follows the title."""
    return pages.address(url_for("changelog.show", entry_id=entry.id))
