"""The pages under /ideas/."""

from typing import Any

from flask import Blueprint, Flask, Response, g, redirect, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.database import db
from portal.discussion.editing import edit, may_edit
from portal.discussion.forms import PostForm
from portal.discussion.queries import Marks, Shown, visible_posts, with_author
from portal.discussion.views import history_page, post_url
from portal.discussion.writing import write
from portal.errors import NotAllowed, NotFound
from portal.ideas import exploring, naming, permitting, queries, reading, seeing, veiling
from portal.ideas.fields import queries as fields
from portal.ideas.filtering import IdeaFilter, position
from portal.ideas.forms import AnswerForm, EditForm, StatusForm, VerdictForm
from portal.ideas.listing import listed
from portal.ideas.merging import queries as merging
from portal.ideas.models import Board, Idea, Party
from portal.ideas.statuses import queries as statuses
from portal.voting import budgeting
from portal.voting.queries import values_by
from portal.voting.ruling import IMPORTANCE
from portal.voting.tallying import demand_facts, groups_of_accounts

ideas = Blueprint("ideas", __name__, url_prefix="/ideas")

PAGE = 20


def register(app: Flask) -> None:
    """Attach these pages."""
    app.register_blueprint(ideas)
    app.jinja_env.globals.update(may_vote_on=_may_vote_on, shows_count=_shows_count, importances=IMPORTANCE)
    app.jinja_env.globals.update(demand_facts=_demand_facts, whose=naming.MINE)


@ideas.get("/")
def index() -> Response:
    viewer, cursor = pages.viewer(), request.args.get("page")
    boards = queries.boards(viewer)
    wanted, board, names = _asked_for(viewer, boards)
    veiled = veiling.veiled_boards(viewer, wanted, boards)
    found = wanted.narrow(queries.listed_to(viewer), viewer).where(*veiling.unveiled(veiled))
    page = listed(wanted.order, wanted.among, found, cursor=cursor, size=PAGE)
    explored = exploring.explored(viewer, wanted, boards, veiled, page.rows, cursor=cursor)
    votes = values_by(viewer, idea_ids=[idea.id for idea in page.rows])
    names |= {"boards": boards, "veiled": veiled, "groups": groups_of_accounts(viewer), "explored": explored}
    return pages.page("ideas/index.html", page=page, votes=votes, **names, **_of_board(viewer, board))


def _asked_for(viewer: Any, boards: Any) -> tuple[IdeaFilter, Board | None, dict[str, Any]]:
    """What an address asks for, of what this viewer may; the board; and what the filters of the list say."""
    wanted = IdeaFilter.read(request.args).allowed(viewer)
    board = _board_of(wanted, boards)
    offered, asked = statuses.offered(viewer, board), fields.filters_for(viewer, board)
    wanted = wanted.with_status_of({each.key for each in offered}).offering({each.id for each in asked})
    wanted = veiling.fitting(wanted, viewer, board)
    names = {"wanted": wanted, "statuses": offered, "asked": asked}
    return wanted, board, names | {"chips": naming.chips(wanted, offered, asked)}


@ideas.get("/<slugged:idea_id>")
def show(idea_id: int) -> Response:
    return show_again(idea_id)


@ideas.get("/<slugged:idea_id>/edit")
@login_required
def edit_idea(idea_id: int) -> Response:
    idea = queries.find(idea_id, pages.viewer())
    if not may_edit(current_user, idea):
        raise NotAllowed(
            "Only its author and moderators may change this text. You can comment on it instead."
        )
    return pages.page("ideas/edit.html", idea=idea, form=EditForm(obj=idea))


@ideas.put("/<slugged:idea_id>")
@login_required
@pages.limiter.limit("30/minute")
def put_idea(idea_id: int) -> Response:
    idea, form = queries.find(idea_id, pages.viewer()), EditForm()
    if not form.validate_on_submit():
        return pages.page("ideas/edit.html", 422, idea=idea, form=form)
    edit(idea, by=pages.viewer(), title=form.title.data, body=form.body.data or "")
    db.session.commit()
    return pages.go(_address(idea))


@ideas.get("/<slugged:idea_id>/history")
@login_required
def history(idea_id: int) -> Response:
    idea = queries.find(idea_id, pages.viewer())
    return history_page(idea, back=_address(idea))


@ideas.post("/<slugged:idea_id>/comments")
@login_required
@pages.limiter.limit("30/minute")
def create_comment(idea_id: int) -> Response:
    viewer, form = pages.viewer(), PostForm()
    idea = merging.taking_for(queries.find(idea_id, viewer), viewer)
    shown = idea.id
    if not form.validate_on_submit():
        return show_again(shown, 422, form=form)
    post = write(idea, by=viewer, body=form.body.data or "")
    db.session.commit()
    return pages.answer("ideas/comments/create.hx.html", post_url(post), **_one(shown, post.id))


@ideas.get("/<slugged:idea_id>/comments/<slugged:post_id>")
def show_post(idea_id: int, post_id: int) -> Any:
    viewer = pages.viewer()
    idea = queries.find(idea_id, viewer)
    post = queries.find_comment(idea_id, post_id, visible_posts(viewer))
    shown = merging.standing_for(idea, viewer)
    start, apart = reading.place_of(post, shown, viewer)
    if apart:
        where: dict[str, Any] = {"after": post.position - 1, "_anchor": pages.dom_id(post)}
        return redirect(url_for("discussion.comments", post_id=post.parent_id, **where))
    at = {"from": start} if start else {}
    return redirect(_address(shown, **at, _anchor=pages.dom_id(post)))


def _shows_count(idea: Idea, value: int = 0) -> bool:
    return veiling.shows_count(pages.viewer(), idea, voted=bool(value))


def _demand_facts(idea: Idea, portion: Any = None, said: str = "") -> list[str]:
    """What the viewer may know of who wants an idea, in words; `said` after the people of a portion."""
    return demand_facts(pages.viewer(), idea, portion, said)


def _may_vote_on(idea: Idea) -> bool:
    """Whether the board lets the viewer vote; for templates, at most one query on a page."""
    viewer = pages.viewer()
    if idea.board.who_votes == Party.COMPANIES and "admitting" not in g:
        g.admitting = seeing.boards_admitting(viewer)
    return permitting.may(viewer, idea.board, permitting.VOTE, g.get("admitting"))


def _address(idea: Idea, **query: Any) -> str:
    return url_for("ideas.show", idea_id=idea, **query)


def _of_board(viewer: Any, board: Board | None) -> dict[str, Any]:
    """The board of a list, None for all of them, and what the viewer may do and has left there."""
    return {
        "board": board,
        "balance": budgeting.balance(viewer, board, Idea) if board else None,
        "by_votes": not veiling.hides_order(viewer, board),
        "posts": board is None or permitting.may(viewer, board, permitting.POST),
    }


def _board_of(wanted: IdeaFilter, boards: Any) -> Board | None:
    board = next((each for each in boards if each.id == wanted.board), None)
    if wanted.board is not None and board is None:
        raise NotFound("There is no such board. Look at all ideas instead.")
    return board


def show_again(idea_id: int, status: int = 200, **forms: Any) -> Response:
    """The page of an idea, with the forms that this viewer is offered; `forms` are those to show again."""
    ends = {name: request.args.get(name, type=position) for name in ("from", "to")}
    screen = reading.read(idea_id, pages.viewer(), start=ends["from"], end=ends["to"])
    if screen.merges.target and status == 200 and "original" not in request.args:
        return pages.go(_address(screen.merges.target, merged=idea_id))
    board, came = screen.idea.board, screen.merges.from_(request.args.get("merged", type=int))
    refusals = {act: permitting.why_not(pages.viewer(), board, act) for act in permitting.UNDER_AN_IDEA}
    names = {"screen": screen, "idea": screen.idea, "marks": screen.marks, "refusals": refusals, "came": came}
    names |= _offered(screen) | forms
    return pages.page("ideas/show.html", status, **names, tried=next(iter(forms), ""))


def _offered(screen: reading.Screen) -> dict[str, Any]:
    """The empty forms of the page. None for strangers: the token of a form would give their page a cookie."""
    viewer, idea = pages.viewer(), screen.idea
    offered: dict[str, Any] = dict.fromkeys(("form", "status_form", "answer_form", "verdict_form"))
    if screen.marks.open and not idea.is_merged:
        offered["form"] = PostForm(formdata=None)
    if viewer.id and idea.standing.is_complete and (screen.vote or idea.is_by(viewer)):
        offered["verdict_form"] = VerdictForm(formdata=None, answer=idea.my_verdict)
    if viewer.may("decide"):
        there = screen.choices
        choices = [each for each in there.statuses if not each.archived], there.grounds
        answer = next(iter(screen.answers), None)
        offered["status_form"] = StatusForm(formdata=None, obj=idea).offer(*choices)
        offered["answer_form"] = AnswerForm(formdata=None, obj=answer, status="").offer(*choices)
    return offered


def _one(idea_id: int, post_id: int) -> dict[str, Any]:
    """What the fragment of one comment needs."""
    viewer = pages.viewer()
    idea, _ = queries.find_to_show(idea_id, viewer)
    post = queries.find_comment(idea_id, post_id, with_author(visible_posts(viewer)))
    marks = Marks(open=reading.takes_comments(idea, viewer))
    return {"idea": idea, "shown": Shown(post), "marks": marks, "form": PostForm(formdata=None)}
