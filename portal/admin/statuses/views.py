"""Statuses at the desk. In addresses the house is board 0."""

from typing import Any

from flask import Response, flash, url_for
from wtforms import SelectChoice

from portal import pages
from portal.admin.audiences.queries import find as find_board
from portal.admin.statuses import arranging
from portal.admin.statuses.forms import StatusForm, TargetForm
from portal.admin.views import admin, administers
from portal.database import db
from portal.errors import NotFound
from portal.ideas.standing import FIRST
from portal.ideas.statuses import queries

STATUSES = "/admin/boards/<int:board_id>/statuses"
STATUS = f"{STATUSES}/<key>"


@admin.get(STATUSES)
@administers
def list_statuses(board_id: int) -> Response:
    place = _place(board_id)
    own = bool(queries.rows_of(place["place_id"]))
    held = queries.set_of(place["place_id"], archived=True)
    counts = queries.how_many(place["place_id"]) if own or not board_id else {}
    return pages.page("admin/statuses/index.html", held=held, own=own, counts=counts, **place)


@admin.get(f"{STATUSES}/new")
@administers
def new_status(board_id: int) -> Response:
    place = _place(board_id)
    last = len(queries.set_of(place["place_id"], archived=True)) + 1
    return _form(place, StatusForm(formdata=None, board_id=place["place_id"], position=last))


@admin.post(STATUSES)
@administers
def create_status(board_id: int) -> Response:
    place = _place(board_id)
    form = StatusForm(board_id=place["place_id"])
    if not form.validate():
        return _form(place, form, 422)
    row = arranging.add(place["place_id"], by=pages.viewer(), **form.fields())
    return _done(board_id, f"{row.name} is added.")


@admin.get(STATUS)
@administers
def edit_status(board_id: int, key: str) -> Response:
    place, held = _held(board_id, key)
    form = StatusForm(
        formdata=None, obj=held, board_id=place["place_id"], key=key, position=_order(place, key)
    )
    return _form(place, form, held=held)


@admin.put(STATUS)
@administers
def update_status(board_id: int, key: str) -> Response:
    place, held = _held(board_id, key)
    form = StatusForm(board_id=place["place_id"], key=key)
    if not form.validate():
        return _form(place, form, 422, held=held)
    arranging.change(arranging.find(place["place_id"], key), by=pages.viewer(), **form.fields())
    return _done(board_id, f"{form.name.data} is saved.")


@admin.put(f"{STATUS}/archiving")
@administers
def archive_status(board_id: int, key: str) -> Response:
    place, held = _held(board_id, key)
    target = TargetForm().target.data or ""
    moved = arranging.archive(arranging.find(place["place_id"], key), by=pages.viewer(), target=target)
    went = "1 idea went" if moved == 1 else f"{moved} ideas went"
    return _done(board_id, f"{held.name} is given up; {went} to another status.")


@admin.delete(f"{STATUS}/archiving")
@administers
def reopen_status(board_id: int, key: str) -> Response:
    place, held = _held(board_id, key)
    arranging.reopen(arranging.find(place["place_id"], key), by=pages.viewer())
    return _done(board_id, f"{held.name} can be used again.")


def _place(board_id: int) -> dict[str, Any]:
    """Whose statuses they are. Raises NotFound."""
    board = find_board(board_id) if board_id else None
    return {"board": board, "board_id": board_id, "place_id": board_id or None}


def _held(board_id: int, key: str) -> tuple[dict[str, Any], Any]:
    place = _place(board_id)
    held = next((each for each in queries.set_of(place["place_id"], archived=True) if each.key == key), None)
    if held is None:
        raise NotFound("There is no such status here.")
    return place, held


def _order(place: dict[str, Any], key: str) -> int:
    own = {row.key: row.position for row in queries.rows_of(place["place_id"])}
    held = [each.key for each in queries.set_of(place["place_id"], archived=True)]
    return own.get(key, held.index(key) + 1)


def _done(board_id: int, says: str) -> Response:
    db.session.commit()
    flash(says, "good")
    return pages.go(url_for(".list_statuses", board_id=board_id))


def _form(place: dict[str, Any], form: StatusForm, status: int = 200, held: Any = None) -> Response:
    others = [each for each in queries.set_of(place["place_id"]) if held and each.key != held.key]
    target = TargetForm(formdata=None, prefix="")
    target.target.choices = [SelectChoice(each.key, each.name) for each in others]
    names = {"form": form, "held": held, "target": target, "first": FIRST}
    return pages.page("admin/statuses/form.html", status, **names, **place)
