"""The pages under /roadmap/."""

from typing import Any

from flask import Blueprint, Flask, Response, flash, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.database import db
from portal.errors import Conflict
from portal.ideas import queries as ideas_queries
from portal.ideas import veiling
from portal.ideas.deciding import must_decide
from portal.ideas.filtering import IdeaFilter
from portal.ideas.grounds import queries as grounds
from portal.ideas.models import Idea
from portal.ideas.roadmap import choosing, columns, moving, queries, reading
from portal.ideas.roadmap.filtering import RoadmapFilter
from portal.ideas.roadmap.forms import ChoiceForm, MoveForm
from portal.ideas.roadmap.models import Choice, Roadmap
from portal.voting.queries import values_by

roadmap = Blueprint("roadmap", __name__, url_prefix="/roadmap")

PAGE = 20
ITEM = "/<slugged:roadmap_id>/ideas/<slugged:idea_id>"


def register(app: Flask) -> None:
    """Attach these pages."""
    app.register_blueprint(roadmap)


@roadmap.get("/")
def index() -> Response:
    held = queries.listed(pages.viewer())
    if not held or held[0].archived_at:
        return pages.page("roadmap/none.html", roadmaps=held)
    return _screen(held[0], held)


@roadmap.get("/<slugged:roadmap_id>")
def show(roadmap_id: int) -> Response:
    held = queries.listed(pages.viewer())
    found = next((each for each in held if each.id == roadmap_id), None)
    return _screen(found or queries.find(roadmap_id, pages.viewer()), held)


@roadmap.get("/<slugged:roadmap_id>/columns/<key>")
def show_column(roadmap_id: int, key: str) -> Response:
    viewer, wanted = pages.viewer(), _wanted()
    found = queries.find(roadmap_id, viewer)
    column = reading.column(found, key, viewer)
    ideas = queries.ideas_on(found, viewer, wanted).where(*columns.stands_in(found, column))
    veiled = veiling.veiled_boards(viewer, IdeaFilter(sort="top"), ideas_queries.boards(viewer))
    order = IdeaFilter(sort="new" if veiled else "top").order
    page = order.page(ideas_queries.cards, ideas, cursor=request.args.get("page"), size=PAGE)
    votes = values_by(viewer, idea_ids=[idea.id for idea in page.rows])
    return pages.page(
        "roadmap/column.html", roadmap=found, column=column, page=page, votes=votes, wanted=wanted
    )


@roadmap.get("/<slugged:roadmap_id>/ideas/new")
@login_required
def new_item(roadmap_id: int) -> Response:
    """Looking for an idea to put on the roadmap."""
    found = _to_change(roadmap_id)
    wanted = IdeaFilter.read({"text": request.args.get("q", ""), "sort": "top"})
    ideas = wanted.narrow(ideas_queries.listed_to(pages.viewer()), pages.viewer()).where(
        Idea.hidden_at.is_(None)
    )
    best = ideas_queries.cards(ideas.order_by(Idea.score.desc(), Idea.id.desc()).limit(PAGE))
    out = queries.left_out(found, pages.viewer())
    return pages.page("roadmap/new_item.html", roadmap=found, ideas=best, left_out=out, text=wanted.text)


@roadmap.get(f"{ITEM}/edit")
@login_required
def edit_item(roadmap_id: int, idea_id: int) -> Response:
    return _item(_to_change(roadmap_id), ideas_queries.find_card(idea_id, pages.viewer()))


@roadmap.put(f"{ITEM}/place")
@login_required
@pages.limiter.limit("120/minute")
def put_place(roadmap_id: int, idea_id: int) -> Response:
    found, idea = _to_change(roadmap_id), ideas_queries.find(idea_id, pages.viewer())
    held = columns.of(found, reading.known_by(pages.viewer()))
    form, to = MoveForm().offer(held, grounds.offered()), None
    if form.validate_on_submit():
        to = next(each for each in held if each.key == form.column.data)
    if to is None or not _says_why(form, found, idea, to):
        return _refused(form, found, idea)
    moving.move(found, idea, to=to, by=pages.viewer(), **form.words(), **form.where())
    db.session.commit()
    return _done(found, idea)


@roadmap.put(f"{ITEM}/choice")
@login_required
@pages.limiter.limit("60/minute")
def put_choice(roadmap_id: int, idea_id: int) -> Response:
    found, idea = _to_change(roadmap_id), ideas_queries.find(idea_id, pages.viewer())
    form = ChoiceForm()
    if not form.validate_on_submit():
        return _item(found, idea, 422, choice_form=form)
    choosing.choose(found, idea, form.choice.data, by=pages.viewer(), reason=form.reason.data or "")
    db.session.commit()
    flash("Left out of this roadmap." if form.choice.data == Choice.LEFT_OUT else "Saved.", "good")
    return pages.go(url_for(".show", roadmap_id=found))


def _to_change(roadmap_id: int) -> Roadmap:
    """The roadmap, for who decides. Raises NotFound and NotAllowed."""
    found = queries.find(roadmap_id, pages.viewer())
    must_decide(pages.viewer())
    return found


def _wanted() -> RoadmapFilter:
    return RoadmapFilter.read(request.args, sees_records=current_user.may("see_record"))


def _screen(found: Roadmap, held: Any) -> Response:
    screen = reading.read(found, pages.viewer(), _wanted(), held)
    named = grounds.offered() if current_user.may("decide") else {}
    return pages.page("roadmap/show.html", screen=screen, roadmap=found, grounds=named)


def _says_why(form: MoveForm, found: Roadmap, idea: Idea, to: columns.Column) -> bool:
    if moving.needs_ground(found, idea, to) and not form.ground.data:
        form.ground.errors = ["Choose the main reason: everybody reads it, and it is counted."]
    return not form.ground.errors


def _refused(form: MoveForm, found: Roadmap, idea: Idea) -> Response:
    """The form again; a script, which moved the idea already, is told in a sentence."""
    if pages.wants_fragment():
        raise Conflict(next(iter(said for errors in form.errors.values() for said in errors)))
    return _item(found, ideas_queries.find_card(idea.id, pages.viewer()), 422, move_form=form)


def _done(found: Roadmap, idea: Idea) -> Response:
    """The columns again for a script, else the roadmap at the idea."""
    wanted = _wanted()
    home = url_for(".show", roadmap_id=found, **wanted.query, _anchor=pages.dom_id(idea))
    if not pages.wants_fragment():
        return pages.go(home)
    screen = reading.read(queries.find(found.id, pages.viewer()), pages.viewer(), wanted)
    return pages.answer("roadmap/_columns.html", home, screen=screen, roadmap=found)


def _item(found: Roadmap, idea: Idea, status: int = 200, **forms: Any) -> Response:
    held = columns.of(found, reading.known_by(pages.viewer()))
    item = queries.item_of(found, idea)
    here = queries.column_of(found, idea)
    shown: dict[str, Any] = {
        "move_form": MoveForm(formdata=None, column=here),
        "choice_form": ChoiceForm(
            formdata=None,
            choice=item.choice if item else Choice.AUTOMATIC,
            reason=item.reason if item else "",
        ),
    } | forms
    shown["move_form"].offer(held, grounds.offered())
    return pages.page("roadmap/item.html", status, roadmap=found, idea=idea, item=item, **shown)
