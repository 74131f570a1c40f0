"""The page on which an admin says for whom a board is."""

from flask import Response, flash, url_for

from portal import pages
from portal.admin.audiences import admitting, explaining, queries
from portal.admin.audiences.forms import AudienceForm
from portal.admin.views import admin, administers
from portal.database import db
from portal.ideas.models import Board


@admin.get("/admin/boards/<int:board_id>/audience")
@administers
def edit_audience(board_id: int) -> Response:
    board = queries.find(board_id)
    return _form(board, AudienceForm(formdata=None, board=board))


@admin.put("/admin/boards/<int:board_id>/audience")
@administers
def put_audience(board_id: int) -> Response:
    """The change, once its admin has agreed to what it means for whom."""
    board = queries.find(board_id)
    form = AudienceForm(board=board)
    if not form.validate():
        return _form(board, form, 422)
    fields, chosen = form.fields(), form.chosen()
    said = explaining.explain(board, fields["audience"], fields["own_only"], chosen)
    if said and form.agreed.data != explaining.mark_of(said):
        form.agreed.data = explaining.mark_of(said)
        return _form(board, form, 422, said)
    admitting.admit(board, by=pages.viewer(), chosen=chosen, **fields)
    db.session.commit()
    flash(f"{board.name} is for {board.for_whom} now.", "good")
    return pages.go(url_for(".list_places", kind="boards"))


def _form(board: Board, form: AudienceForm, status: int = 200, said: list[str] | None = None) -> Response:
    return pages.page("admin/audiences/form.html", status, board=board, form=form, said=said or [])
