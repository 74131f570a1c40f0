"""The page of an idea that only staff see."""

from typing import Any

from flask import Response, flash, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.database import db
from portal.errors import NotAllowed
from portal.ideas import queries as ideas_queries
from portal.ideas.fields import queries as fields
from portal.ideas.fields.forms import ValuesForm
from portal.ideas.fields.models import Circle
from portal.ideas.models import Board, Idea
from portal.ideas.plans import planning, queries
from portal.ideas.plans.forms import NoteForm, PlanForm, text_of
from portal.ideas.views import ideas


@ideas.get("/<slugged:idea_id>/plan")
@login_required
def show_plan(idea_id: int) -> Response:
    return plan_page(find_for_staff(idea_id))


@ideas.put("/<slugged:idea_id>/plan")
@login_required
@pages.limiter.limit("60/minute")
def put_plan(idea_id: int) -> Response:
    idea = find_for_staff(idea_id)
    form = PlanForm().offer(queries.staff())
    if not form.validate_on_submit():
        return plan_page(idea, 422, plan_form=form)
    planning.plan(idea, by=pages.viewer(), **form.fields())
    return saved(idea, "The plan is saved.")


@ideas.post("/<slugged:idea_id>/notes")
@login_required
@pages.limiter.limit("30/minute")
def create_note(idea_id: int) -> Response:
    idea, form = find_for_staff(idea_id), NoteForm()
    if not form.validate_on_submit():
        return plan_page(idea, 422, note_form=form)
    planning.note(idea, by=pages.viewer(), body=form.body.data or "")
    return saved(idea, "The note is added. Only staff read it.")


def find_for_staff(idea_id: int) -> Idea:
    """The idea, for staff. Raises NotFound, and NotAllowed for others who see the idea."""
    idea = ideas_queries.find(idea_id, pages.viewer())
    if not current_user.is_staff:
        raise NotAllowed("Plans and notes are for staff. What was decided stands on the page of the idea.")
    return idea


def saved(idea: Idea, says: str) -> Response:
    """Commit, and back to the page."""
    db.session.commit()
    flash(says, "good")
    return pages.go(url_for("ideas.show_plan", idea_id=idea))


def planned_fields(idea: Idea, typed: Any = None) -> ValuesForm:
    """The fields of the board that stand beside the plan, filled in. Nobody is forced to plan at once."""
    asked = fields.asked_by(db.session.get_one(Board, idea.board_id), {Circle.PLANNERS})
    kept = fields.values_of([idea.id]).get(idea.id, ()) if asked else ()
    return ValuesForm(asked, typed, kept=kept, required=False)


def plan_page(idea: Idea, status: int = 200, **forms: Any) -> Response:
    """The page, with forms to show again."""
    plan = queries.plan_of(idea)
    shown = {"note_form": NoteForm(formdata=None), "plan_form": None, "values_form": planned_fields(idea)}
    if current_user.may("decide"):
        typed = {"owner": str(plan.owner_id or "") if plan else "", "target": text_of(plan)}
        shown["plan_form"] = PlanForm(formdata=None, obj=plan, **typed).offer(queries.staff())
    names: dict[str, Any] = {"idea": idea, "plan": plan, "notes": queries.notes_on(idea)}
    return pages.page("ideas/plan.html", status, **names, **shown | forms)
