"""The pages on which an admin says what a board asks beside title and text."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, request, url_for

from portal import pages
from portal.admin.audiences.queries import find as find_board
from portal.admin.fields import arranging, explaining
from portal.admin.fields.forms import CIRCLES, TYPES, ChoiceForm, FieldForm
from portal.admin.views import admin, administers
from portal.database import db
from portal.errors import Conflict
from portal.ideas.fields import queries
from portal.ideas.fields.models import BoardField
from portal.ideas.models import Board

FIELDS = "/admin/boards/<int:board_id>/fields"
FIELD = f"{FIELDS}/<int:field_id>"
CHOICE = f"{FIELD}/choices/<int:choice_id>"
WORDS: dict[str, Any] = {"types": TYPES, "circles": CIRCLES}


@admin.get(FIELDS)
@administers
def list_fields(board_id: int) -> Response:
    board = find_board(board_id)
    fields = queries.fields_of(board.id, archived=True)
    counts = queries.how_many([each.id for each in fields])
    return pages.page("admin/fields/index.html", board=board, fields=fields, counts=counts, **WORDS)


@admin.get(f"{FIELDS}/new")
@administers
def new_field(board_id: int) -> Response:
    board = find_board(board_id)
    last = len(queries.fields_of(board.id, archived=True)) + 1
    return _form(board, FieldForm(formdata=None, board_id=board.id, position=last))


@admin.post(FIELDS)
@administers
def create_field(board_id: int) -> Response:
    board = find_board(board_id)
    form = FieldForm(board_id=board.id)
    if not form.validate():
        return _form(board, form, 422)
    field = arranging.add(board, by=pages.viewer(), choices=form.offered(), **form.facts())
    return _done(board, f"{field.name} is added.")


@admin.get(FIELD)
@administers
def edit_field(board_id: int, field_id: int) -> Response:
    board, field = _found(board_id, field_id)
    return _form(board, FieldForm(formdata=None, board_id=board.id, of=field), of=field)


@admin.put(FIELD)
@administers
def update_field(board_id: int, field_id: int) -> Response:
    """The change, once its admin has agreed to what it means for how many ideas."""
    board, field = _found(board_id, field_id)
    form = FieldForm(board_id=board.id, of=field)
    if not form.validate():
        return _form(board, form, 422, of=field)
    said = explaining.explain(field, form.facts())
    if said and form.agreed.data != explaining.mark_of(said):
        form.agreed.data = explaining.mark_of(said)
        return _form(board, form, 422, of=field, said=said)
    asked = {"type": request.form.get("type", field.type)} | form.facts()
    arranging.change(field, by=pages.viewer(), choices=form.offered(), **asked)
    return _done(board, f"{field.name} is saved.")


@admin.put(f"{FIELD}/archiving")
@administers
def archive_field(board_id: int, field_id: int) -> Response:
    board, field = _found(board_id, field_id)
    arranging.archive(field, field, by=pages.viewer())
    return _done(board, f"{field.name} is not asked any more. Staff still read what was said.")


@admin.delete(f"{FIELD}/archiving")
@administers
def reopen_field(board_id: int, field_id: int) -> Response:
    board, field = _found(board_id, field_id)
    arranging.archive(field, field, by=pages.viewer(), archived=False)
    return _done(board, f"{field.name} is asked again.")


@admin.put(CHOICE)
@administers
def update_choice(board_id: int, field_id: int, choice_id: int) -> Response:
    board, field = _found(board_id, field_id)
    choice, form = arranging.choice_of(field, choice_id), ChoiceForm()
    if not form.validate():
        raise Conflict(" ".join(str(each) for each in form.name.errors))
    arranging.rename_choice(field, choice, by=pages.viewer(), name=form.name.data)
    return _done(board, f"{form.name.data} is saved.", field)


@admin.put(f"{CHOICE}/archiving")
@administers
def archive_choice(board_id: int, field_id: int, choice_id: int) -> Response:
    board, field = _found(board_id, field_id)
    choice = arranging.choice_of(field, choice_id)
    arranging.archive(choice, field, by=pages.viewer())
    return _done(board, f"{choice.name} is not offered any more; ideas that have it keep it.", field)


@admin.delete(f"{CHOICE}/archiving")
@administers
def reopen_choice(board_id: int, field_id: int, choice_id: int) -> Response:
    board, field = _found(board_id, field_id)
    choice = arranging.choice_of(field, choice_id)
    arranging.archive(choice, field, by=pages.viewer(), archived=False)
    return _done(board, f"{choice.name} is offered again.", field)


def _found(board_id: int, field_id: int) -> tuple[Board, BoardField]:
    board = find_board(board_id)
    return board, arranging.find(board, field_id)


def _done(board: Board, says: str, field: BoardField | None = None) -> Response:
    """Commit, and back to the fields of the board, or to one of them."""
    db.session.commit()
    flash(says, "good")
    at: dict[str, Any] = {"board_id": board.id} | ({"field_id": field.id} if field else {})
    return pages.go(url_for(".edit_field" if field else ".list_fields", **at))


def _form(
    board: Board,
    form: FieldForm,
    status: int = 200,
    *,
    of: BoardField | None = None,
    said: Sequence[str] = (),
) -> Response:
    counts = queries.how_many_chose(of.id) if of and of.has_choices else {}
    stands = explaining.with_value(of) if of else ""
    names: dict[str, Any] = {"board": board, "form": form, "of": of, "said": said, "counts": counts}
    return pages.page("admin/fields/form.html", status, stands=stands, **names, **WORDS)
