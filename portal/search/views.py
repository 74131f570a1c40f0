"""The search page, and what resembles a title that is being typed."""

import logging
from collections.abc import Collection

from flask import Blueprint, Flask, Response, current_app, request

from portal import pages
from portal.accounts.models import Viewer
from portal.activity.reading import readers
from portal.ideas import finding as ideas_finding
from portal.ideas import queries as ideas
from portal.search import finding, suggesting
from portal.search.asking import LONGEST, ask
from portal.search.index import Index, NoIndex
from portal.search.indexing import Indexing

log = logging.getLogger(__name__)
search = Blueprint("search", __name__, url_prefix="/search")


def register(app: Flask) -> None:
    """Attach these pages, the index, and its reader."""
    app.extensions["search"] = Index(app.extensions["settings"].folder / "search")
    readers.register(Indexing(current_index))
    ideas_finding.use(_idea_ids)
    ideas_finding.suggest_with(_suggest)
    app.register_blueprint(search)


def current_index() -> Index:
    """The index of the portal at work."""
    index: Index = current_app.extensions["search"]
    return index


@search.get("")
@pages.limiter.limit("120/minute")
def index() -> Response:
    text = " ".join(request.args.get("q", "").split())[:LONGEST]
    kind = request.args.get("kind", "")
    kind = kind if kind in finding.FILTERS else ""
    page = min(max(request.args.get("page", 1, type=int), 1), finding.LAST_PAGE)
    viewer = pages.viewer()
    if not ask(text):
        return pages.page("search/empty.html", text=text, rising=ideas.rising(viewer, 5))
    results = finding.find(current_index(), viewer, text, kinds=kind, page=page)
    return pages.page("search/index.html", text=text, kind=kind, page=page, results=results)


@search.get("/similar")
@pages.limiter.limit("120/minute")
def similar() -> Response:
    title = request.args.get("title", "")[:LONGEST]
    found = suggesting.suggest(current_index(), pages.viewer(), title)
    return pages.page("search/_similar.html", similar=found)


def _suggest(title: str, sure: bool) -> suggesting.Suggestions:
    look = suggesting.likely if sure else suggesting.suggest
    return look(current_index(), pages.viewer(), title)


def _idea_ids(text: str, viewer: Viewer) -> Collection[int]:
    try:
        return finding.idea_ids(current_index(), viewer, text, ideas_finding.FOUND)
    except NoIndex as why:
        log.warning("Ideas are looked for in the rows: %s", why)
        return ideas_finding.in_rows(text, viewer)
