"""The page on which who decides says how one votes on a board."""

from flask import Response, flash, url_for

from portal import pages
from portal.accounts.permissions import Permission
from portal.admin.places import furnishing
from portal.admin.rules import explaining, queries
from portal.admin.rules.forms import RulesForm
from portal.admin.views import admin, needs
from portal.database import db
from portal.ideas.inquiring.queries import endings
from portal.ideas.models import Board

decides = needs(
    Permission.DECIDE, "Only product managers set how one votes. Ask one of them for what you need."
)


@admin.get("/admin/boards/<int:board_id>/rules")
@decides
def edit_rules(board_id: int) -> Response:
    board = queries.find(board_id)
    return _form(board, RulesForm(formdata=None, board=board, endings=endings(board_id)))


@admin.put("/admin/boards/<int:board_id>/rules")
@decides
def put_rules(board_id: int) -> Response:
    """The change, once somebody has agreed to what it means for whom."""
    board = queries.find(board_id)
    form = RulesForm(board=board, endings=endings(board_id))
    if not form.validate():
        return _form(board, form, 422)
    said = explaining.explain(board, form.fields())
    if said and form.agreed.data != explaining.mark_of(said):
        form.agreed.data = explaining.mark_of(said)
        return _form(board, form, 422, said)
    furnishing.change(board, by=pages.viewer(), **form.fields())
    db.session.commit()
    flash(f"The rules of {board.name} are saved.", "good")
    return pages.go(url_for("ideas.index", board=board.id))


def _form(board: Board, form: RulesForm, status: int = 200, said: list[str] | None = None) -> Response:
    return pages.page("admin/rules/form.html", status, board=board, form=form, said=said or [])
