"""Grounds at the desk. Pages call them reasons."""

from flask import Response, flash, url_for

from portal import pages
from portal.admin.grounds import arranging
from portal.admin.grounds.forms import GroundForm
from portal.admin.views import admin, administers
from portal.database import db
from portal.errors import NotFound
from portal.ideas.grounds import queries
from portal.ideas.grounds.models import Ground

GROUND = "/admin/reasons/<key>"


@admin.get("/admin/reasons")
@administers
def list_grounds() -> Response:
    return pages.page("admin/grounds/index.html", grounds=queries.rows())


@admin.get("/admin/reasons/new")
@administers
def new_ground() -> Response:
    return _form(GroundForm(formdata=None, position=len(queries.rows()) + 1))


@admin.post("/admin/reasons")
@administers
def create_ground() -> Response:
    form = GroundForm()
    if not form.validate():
        return _form(form, 422)
    arranging.add(by=pages.viewer(), **form.fields())
    return _done("The reason is added.")


@admin.get(GROUND)
@administers
def edit_ground(key: str) -> Response:
    held = _held(key)
    return _form(GroundForm(formdata=None, obj=held, key=key), held=held)


@admin.put(GROUND)
@administers
def update_ground(key: str) -> Response:
    held, form = _held(key), GroundForm(key=key)
    if not form.validate():
        return _form(form, 422, held)
    arranging.change(arranging.find(key), by=pages.viewer(), **form.fields())
    return _done("The reason is saved.")


@admin.put(f"{GROUND}/archiving")
@administers
def archive_ground(key: str) -> Response:
    arranging.archive(arranging.find(key), by=pages.viewer())
    return _done("The reason is given up. Decisions that name it keep it.")


@admin.delete(f"{GROUND}/archiving")
@administers
def reopen_ground(key: str) -> Response:
    arranging.reopen(arranging.find(key), by=pages.viewer())
    return _done("The reason can be chosen again.")


def _held(key: str) -> Ground:
    held = next((each for each in queries.rows() if each.key == key), None)
    if held is None:
        raise NotFound("There is no such reason.")
    return held


def _done(says: str) -> Response:
    db.session.commit()
    flash(says, "good")
    return pages.go(url_for(".list_grounds"))


def _form(form: GroundForm, status: int = 200, held: Ground | None = None) -> Response:
    return pages.page("admin/grounds/form.html", status, form=form, held=held)
