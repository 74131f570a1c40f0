"""The pages on which the fields of an idea are filled in later."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.database import db
from portal.errors import NotAllowed, NotFound
from portal.ideas import queries as ideas_queries
from portal.ideas.deciding import must_decide
from portal.ideas.fields import filling, queries
from portal.ideas.fields.forms import ValuesForm
from portal.ideas.models import Idea
from portal.ideas.plans.views import find_for_staff, plan_page, planned_fields, saved
from portal.ideas.views import ideas


@ideas.get("/<slugged:idea_id>/fields")
@login_required
def edit_values(idea_id: int) -> Response:
    idea, form = _asked(idea_id)
    return _page(idea, form)


@ideas.put("/<slugged:idea_id>/fields")
@login_required
@pages.limiter.limit("30/minute")
def put_values(idea_id: int) -> Response:
    idea, form = _asked(idea_id, request.form)
    if not form.validate():
        return _page(idea, form, 422)
    filling.fill(idea, by=pages.viewer(), values=form.values())
    db.session.commit()
    flash("It is saved.", "good")
    return pages.go(url_for("ideas.show", idea_id=idea))


@ideas.put("/<slugged:idea_id>/plan/fields")
@login_required
@pages.limiter.limit("60/minute")
def put_planned_values(idea_id: int) -> Response:
    idea = find_for_staff(idea_id)
    must_decide(pages.viewer())
    form = planned_fields(idea, request.form)
    if not form.validate():
        return plan_page(idea, 422, values_form=form)
    filling.fill(idea, by=pages.viewer(), values=form.values())
    return saved(idea, "The fields are saved. Only staff read them.")


def _asked(idea_id: int, typed: Any = None) -> tuple[Idea, ValuesForm]:
    """The idea with the fields that the viewer fills in. Raises NotAllowed, and NotFound where nothing is asked."""
    idea, _ = ideas_queries.find_to_show(idea_id, pages.viewer())
    is_author = idea.is_by(current_user)
    circles = queries.circles_filled(pages.viewer(), is_author=is_author)
    if not circles:
        raise NotAllowed("Only the author and our staff may change this. You can say it in a comment.")
    asked = queries.asked_by(idea.board, circles)
    if not asked:
        raise NotFound("The board of this idea asks nothing beside title and text.")
    kept = queries.values_of([idea.id]).get(idea.id, ())
    return idea, ValuesForm(asked, typed, kept=kept, required=is_author)


def _page(idea: Idea, form: ValuesForm, status: int = 200) -> Response:
    return pages.page("ideas/fields/edit.html", status, idea=idea, asked=form)
