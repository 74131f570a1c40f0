"""Adding, changing and archiving roadmaps."""

from typing import Any

from flask import Response, flash, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.ideas import queries as ideas_queries
from portal.ideas.deciding import must_decide
from portal.ideas.roadmap import drawing, queries
from portal.ideas.roadmap.forms import RoadmapForm
from portal.ideas.roadmap.models import Roadmap
from portal.ideas.roadmap.views import roadmap
from portal.ideas.statuses.queries import offered

FIRST: dict[str, Any] = {"column_1": "planned", "column_2": "started", "column_3": "shipped"}
"""What a new roadmap shows unless somebody says otherwise."""


@roadmap.get("/new")
@login_required
def new() -> Response:
    must_decide(pages.viewer())
    return _form(RoadmapForm(formdata=None, position=len(queries.listed(pages.viewer())) + 1, **FIRST))


@roadmap.post("/")
@login_required
@pages.limiter.limit("30/minute")
def create() -> Response:
    must_decide(pages.viewer())
    form = _offer(RoadmapForm())
    if not form.validate_on_submit():
        return _form(form, 422)
    drawn = drawing.add(by=pages.viewer(), **form.fields())
    return _done(drawn, "is drawn.")


@roadmap.get("/<slugged:roadmap_id>/edit")
@login_required
def edit(roadmap_id: int) -> Response:
    held = _find(roadmap_id)
    return _form(RoadmapForm(formdata=None, place=held), held=held)


@roadmap.put("/<slugged:roadmap_id>")
@login_required
@pages.limiter.limit("60/minute")
def put(roadmap_id: int) -> Response:
    held = _find(roadmap_id)
    form = _offer(RoadmapForm(place=held))
    if not form.validate_on_submit():
        return _form(form, 422, held)
    drawing.change(held, by=pages.viewer(), **form.fields())
    return _done(held, "is saved.")


@roadmap.put("/<slugged:roadmap_id>/archiving")
@login_required
def archive(roadmap_id: int) -> Response:
    held = _find(roadmap_id)
    drawing.archive(held, by=pages.viewer())
    return _done(held, "is archived: only product managers and admins see it.")


@roadmap.delete("/<slugged:roadmap_id>/archiving")
@login_required
def reopen(roadmap_id: int) -> Response:
    held = _find(roadmap_id)
    drawing.reopen(held, by=pages.viewer())
    return _done(held, "is shown again.")


def _find(roadmap_id: int) -> Roadmap:
    held = queries.find(roadmap_id, pages.viewer())
    must_decide(pages.viewer())
    return held


def _offer(form: RoadmapForm) -> RoadmapForm:
    return form.offer(offered(pages.viewer(), None), ideas_queries.boards(pages.viewer()))


def _done(held: Roadmap, says: str) -> Response:
    db.session.commit()
    flash(f"{held.name} {says}", "good")
    return pages.go(url_for("roadmap.show", roadmap_id=held))


def _form(form: RoadmapForm, status: int = 200, held: Roadmap | None = None) -> Response:
    return pages.page("roadmap/form.html", status, form=_offer(form), held=held)
