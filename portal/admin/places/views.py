"""Boards and categories at the desk."""

from flask import Response, flash, url_for

from portal import pages
from portal.admin.places import furnishing, queries
from portal.admin.places.forms import FORMS, CategoryForm
from portal.admin.places.queries import Place
from portal.admin.views import admin, administers
from portal.database import db

PLACES = "/admin/<any(boards, categories):kind>"
PLACE = f"{PLACES}/<int:place_id>"
WORDS = {"boards": ("board", "Boards"), "categories": ("category", "Categories")}


@admin.get(PLACES)
@administers
def list_places(kind: str) -> Response:
    return pages.page("admin/places/index.html", kind=kind, words=WORDS[kind], places=queries.listed(kind))


@admin.get(f"{PLACES}/new")
@administers
def new_place(kind: str) -> Response:
    return _form(kind, FORMS[kind](position=queries.next_position(kind)))


@admin.post(PLACES)
@administers
def create_place(kind: str) -> Response:
    form = FORMS[kind]()
    if not form.validate():
        return _form(kind, form, 422)
    place = furnishing.add(kind, by=pages.viewer(), **form.fields())
    db.session.commit()
    flash(f"{place.name} is added.", "good")
    return pages.go(url_for(".list_places", kind=kind))


@admin.get(PLACE)
@administers
def edit_place(kind: str, place_id: int) -> Response:
    return _form(kind, FORMS[kind](place=queries.find(kind, place_id)))


@admin.put(PLACE)
@administers
def update_place(kind: str, place_id: int) -> Response:
    place = queries.find(kind, place_id)
    form = FORMS[kind](place=place)
    if not form.validate():
        return _form(kind, form, 422)
    furnishing.change(place, by=pages.viewer(), **form.fields())
    db.session.commit()
    flash(f"{place.name} is saved.", "good")
    return pages.go(url_for(".list_places", kind=kind))


@admin.put(f"{PLACE}/archiving")
@administers
def archive_place(kind: str, place_id: int) -> Response:
    place = queries.find(kind, place_id)
    furnishing.archive(place, by=pages.viewer())
    return _done(kind, place, "is archived: nothing new comes in, and what is there can be read.")


@admin.delete(f"{PLACE}/archiving")
@administers
def reopen_place(kind: str, place_id: int) -> Response:
    place = queries.find(kind, place_id)
    furnishing.reopen(place, by=pages.viewer())
    return _done(kind, place, "is open again.")


def _done(kind: str, place: Place, says: str) -> Response:
    db.session.commit()
    flash(f"{place.name} {says}", "good")
    return pages.go(url_for(".edit_place", kind=kind, place_id=place.id))


def _form(kind: str, form: CategoryForm, status: int = 200) -> Response:
    return pages.page(
        "admin/places/form.html", status, kind=kind, words=WORDS[kind], form=form, place=form.place
    )
