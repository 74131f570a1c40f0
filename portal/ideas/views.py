"""The pages of ideas, and the vote on one."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.errors import NotFound
from portal.ideas import queries
from portal.ideas.filtering import IdeaFilter
from portal.ideas.forms import IdeaForm, VoteForm
from portal.ideas.models import Board, Idea, Status
from portal.ideas.submitting import submit
from portal.voting import casting
from portal.voting.queries import values_by

ideas = Blueprint("ideas", __name__, url_prefix="/ideas")

PAGE = 20


def register(app: Flask) -> None:
    """Attach these pages."""
    app.register_blueprint(ideas)
    app.jinja_env.globals["statuses"] = tuple(Status)


@ideas.get("/")
def index() -> Response:
    viewer, wanted = pages.viewer(), IdeaFilter.read(request.args)
    boards = queries.boards()
    board = _board_of(wanted, boards)
    found = wanted.narrow(queries.visible_to(viewer), viewer)
    page = wanted.order.page(queries.cards, found, cursor=request.args.get("page"), size=PAGE)
    votes = values_by(viewer, idea_ids=[idea.id for idea in page.rows])
    return pages.page("ideas/index.html", page=page, votes=votes, wanted=wanted, boards=boards, board=board)


@ideas.get("/new")
@login_required
def new() -> Response:
    form = IdeaForm(
        formdata=None, title=request.args.get("title", "")[:200], board=request.args.get("board", type=int)
    )
    return _form(form)


@ideas.post("/")
@login_required
@pages.limiter.limit("20/minute")
def create() -> Response:
    form = IdeaForm()
    boards = {board.id: board for board in queries.open_boards()}
    form.offer([(board.id, board.name) for board in boards.values()])
    if not form.validate_on_submit():
        return _form(form, 422)
    idea = submit(
        board=boards[form.board.data],
        by=pages.viewer(),
        title=form.title.data or "",
        body=form.body.data or "",
        key=form.usable_key,
    )
    db.session.commit()
    return pages.go(url_for(".show", idea_id=idea))


@ideas.get("/<slugged:idea_id>")
def show(idea_id: int) -> Response:
    idea = queries.find_to_show(idea_id, pages.viewer())
    return pages.page("ideas/show.html", idea=idea)


@ideas.put("/<slugged:idea_id>/vote")
@login_required
@pages.limiter.limit("60/minute")
def put_vote(idea_id: int) -> Response:
    idea, value = queries.find(idea_id, pages.viewer()), VoteForm().number
    casting.cast(idea, by=pages.viewer(), value=value)
    db.session.commit()
    return _voted(idea_id, value)


@ideas.delete("/<slugged:idea_id>/vote")
@login_required
@pages.limiter.limit("60/minute")
def delete_vote(idea_id: int) -> Response:
    idea = queries.find(idea_id, pages.viewer())
    casting.withdraw(idea, by=pages.viewer())
    db.session.commit()
    return _voted(idea_id, 0)


def _board_of(wanted: IdeaFilter, boards: Any) -> Board | None:
    board = next((each for each in boards if each.id == wanted.board), None)
    if wanted.board is not None and board is None:
        raise NotFound("There is no such board. Look at all ideas instead.")
    return board


def _form(form: IdeaForm, status: int = 200) -> Response:
    form.offer([(board.id, board.name) for board in queries.open_boards()])
    form.give_key()
    return pages.page("ideas/new.html", status, form=form)


def _voted(idea_id: int, value: int) -> Response:
    idea = queries.find_card(idea_id, pages.viewer())
    return pages.answer("ideas/vote.hx.html", _back_to(idea), idea=idea, value=value)


def _back_to(idea: Idea) -> str:
    """The list or page of ours from which the vote was sent, at the idea; or the idea."""
    came = urlsplit(request.referrer or "")
    place = f"{came.path}?{came.query}" if came.query else came.path
    if came.netloc != request.host or not place.startswith("/") or place.startswith(("//", "/\\")):
        return url_for(".show", idea_id=idea)
    return f"{place}#{pages.dom_id(idea)}"
