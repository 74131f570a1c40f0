"""The score of an idea, the list of scores, and formulas; for staff."""

from decimal import Decimal
from typing import Any

from flask import Flask, Response, flash, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.database import db
from portal.errors import NotAllowed, NotFound, Unusable
from portal.ideas import queries as ideas_queries
from portal.ideas.deciding import must_decide
from portal.ideas.filtering import IdeaFilter
from portal.ideas.models import Board, Idea
from portal.ideas.scores import comparing, queries, scoring
from portal.ideas.scores.comparing import Comparison
from portal.ideas.scores.forms import FormulaForm, ScoreForm
from portal.ideas.views import ideas
from portal.voting.tallying import demand_for


def register(app: Flask) -> None:
    """Let pages write scores: thousandths as people read them."""
    app.jinja_env.filters["points"] = lambda thousandths: f"{Decimal(thousandths) / 1000:,.3f}".rstrip(
        "0"
    ).rstrip(".")


@ideas.get("/<slugged:idea_id>/score")
@login_required
def show_score(idea_id: int) -> Response:
    idea = _find(idea_id)
    held = queries.score_of(idea)
    typed: dict[str, Any] = dict(held.inputs) | {"why": held.why} if held else {}
    typed["reach"] = str(demand_for(idea.id).companies)
    return _page(idea, ScoreForm(formdata=None, **typed))


@ideas.put("/<slugged:idea_id>/score")
@login_required
@pages.limiter.limit("60/minute")
def put_score(idea_id: int) -> Response:
    idea, form = _find(idea_id), ScoreForm()
    must_decide(pages.viewer())
    fine, inputs = form.validate_on_submit(), form.inputs(queries.in_force(idea.board_id))
    if not fine or inputs is None or not _is_scored(idea, form, inputs):
        return _page(idea, form, 422)
    db.session.commit()
    flash("The score is saved.", "good")
    return pages.go(url_for("ideas.show_score", idea_id=idea))


@ideas.get("/scores")
@login_required
def scores() -> Response:
    _must_be_staff()
    board = IdeaFilter.read(request.args).board
    page = queries.page_of(pages.viewer(), board, request.args.get("page"))
    boards = ideas_queries.boards(pages.viewer())
    return pages.page("ideas/scores/index.html", page=page, boards=boards, board_id=board)


@ideas.get("/formulas/<int:board_id>")
@login_required
def edit_formula(board_id: int) -> Response:
    must_decide(pages.viewer())
    held = queries.own(board_id or None)
    lines = "\n".join(f"{each['name']}: {each['weight']}" for each in held.factors) if held else ""
    typed = {"kind": held.kind if held else "rice", "factors": lines}
    return _formula(board_id, FormulaForm(formdata=None, **typed))


@ideas.put("/formulas/<int:board_id>")
@login_required
@pages.limiter.limit("30/minute")
def put_formula(board_id: int) -> Response:
    must_decide(pages.viewer())
    form = FormulaForm()
    factors = form.read() if form.validate_on_submit() else None
    if factors is None:
        return _formula(board_id, form, 422)
    _place(board_id)
    if shown := _to_agree_to(board_id or None, form, factors):
        return _formula(board_id, form, 422, shown)
    words = {"kind": form.kind.data, "why": form.why.data or ""}
    scoring.set_formula(board_id or None, by=pages.viewer(), factors=factors, **words)
    db.session.commit()
    flash("The formula is saved. Scores that were given keep their version until you score again.", "good")
    return pages.go(url_for("ideas.edit_formula", board_id=board_id))


def _must_be_staff() -> None:
    if not current_user.is_staff:
        raise NotAllowed("Scores are for staff. What was decided stands on the page of the idea.")


def _find(idea_id: int) -> Idea:
    idea = ideas_queries.find(idea_id, pages.viewer())
    _must_be_staff()
    return idea


def _is_scored(idea: Idea, form: ScoreForm, inputs: dict[str, Decimal]) -> bool:
    try:
        scoring.score(idea, by=pages.viewer(), inputs=inputs, why=form.why.data or "")
    except Unusable as refusal:
        form.why.errors = [str(refusal)]
    return not form.why.errors


def _place(board_id: int) -> Board | None:
    board = db.session.get(Board, board_id) if board_id else None
    if board_id and board is None:
        raise NotFound("There is no such board.")
    return board


def _to_agree_to(board_id: int | None, form: FormulaForm, factors: list[dict[str, str]]) -> Comparison | None:
    """What the formula means for scores, unless it means nothing or somebody agreed to exactly that."""
    if not scoring.is_another(board_id, form.kind.data, factors):
        return None
    shown = comparing.compare(pages.viewer(), board_id, form.kind.data, factors)
    if not shown.changes or form.agreed.data == shown.mark:
        return None
    form.agreed.data = shown.mark
    return shown


def _formula(
    board_id: int, form: FormulaForm, status: int = 200, comparison: Comparison | None = None
) -> Response:
    names: dict[str, Any] = {
        "board": _place(board_id),
        "board_id": board_id,
        "held": queries.own(board_id or None),
        "comparison": comparison,
    }
    names["otherwise"] = queries.scored_otherwise(board_id or None)
    return pages.page("ideas/scores/formula.html", status, form=form, **names)


def _page(idea: Idea, form: ScoreForm, status: int = 200) -> Response:
    formula, held = queries.in_force(idea.board_id), queries.score_of(idea)
    is_old = held is not None and held.formula_id != (formula.id if formula else None)
    about: dict[str, Any] = {
        "formula": formula,
        "held": held,
        "is_old": is_old,
        "demand": demand_for(idea.id),
    }
    return pages.page("ideas/scores/show.html", status, idea=idea, form=form, **about)
