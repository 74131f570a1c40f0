"""Merging an idea: choosing the other one, reading what changes, merging, and parting them again."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.errors import NotFound
from portal.ideas import finding, queries
from portal.ideas.merges.forms import MergeForm, PartForm, idea_number
from portal.ideas.merging import joining, separating
from portal.ideas.merging import queries as merging
from portal.ideas.merging.previewing import choices, preview
from portal.ideas.models import Idea
from portal.ideas.views import ideas

FOUND = 10


@ideas.get("/<slugged:idea_id>/merging")
@login_required
def show_merging(idea_id: int) -> Response:
    idea = _find(idea_id)
    if idea.is_merged:
        return _part_page(idea, PartForm(formdata=None))
    wanted = idea_number(request.args.get("into", "")[:300])
    return _preview(idea, wanted, MergeForm(formdata=None)) if wanted else _choose(idea)


@ideas.put("/<slugged:idea_id>/merging")
@login_required
@pages.limiter.limit("60/minute")
def put_merging(idea_id: int) -> Response:
    idea, form = _find(idea_id), MergeForm()
    if not form.validate_on_submit():
        return _preview(idea, form.into_id, form, 422)
    into = queries.find(form.into_id, pages.viewer())
    joining.merge(idea, into, by=pages.viewer(), reason=form.reason.data or "")
    db.session.commit()
    flash("Both count as one idea now.", "good")
    return pages.go(url_for("ideas.show", idea_id=into, merged=idea_id))


@ideas.delete("/<slugged:idea_id>/merging")
@login_required
@pages.limiter.limit("60/minute")
def delete_merging(idea_id: int) -> Response:
    idea, form = _find(idea_id), PartForm()
    if idea.is_merged and not form.validate_on_submit():
        return _part_page(idea, form, 422)
    if separating.part(idea, by=pages.viewer(), reason=form.reason.data or ""):
        flash("It stands for itself again, with its own votes.", "good")
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea))


def _find(idea_id: int) -> Idea:
    """The idea, for those who merge. Raises NotFound and NotAllowed."""
    idea, _ = queries.find_to_show(idea_id, pages.viewer())
    joining.must_merge(pages.viewer())
    return idea


def _choose(idea: Idea, says: str = "") -> Response:
    text = " ".join(request.args.get("q", "").replace("\x00", " ").split())[:100]
    if text:
        ids = list(finding.ids_of(text, pages.viewer()))[: 2 * FOUND]
        found: Any = queries.cards(queries.listed_to(pages.viewer()).where(Idea.id.in_(ids)))
    else:
        similar = finding.suggestions(idea.title)
        said = merging.said_to_be(idea, pages.viewer())
        found = [*said, *(each for each in (similar.things if similar else ()) if each not in said)]
    names = {"idea": idea, "text": text, "found": choices(idea, found)[:FOUND], "says": says}
    return pages.page("ideas/merging/choose.html", 422 if says and request.method == "PUT" else 200, **names)


def _preview(idea: Idea, into_id: int, form: MergeForm, status: int = 200) -> Response:
    try:
        into, _ = queries.find_to_show(into_id, pages.viewer())
    except NotFound:
        return _choose(idea, "There is no idea of that number. Choose one of these, or look for words of it.")
    if reason := joining.why_not(idea, into):
        return _choose(idea, reason)
    form.into.data = str(into.id)
    names = {"idea": idea, "into": into, "preview": preview([idea], into), "form": form}
    return pages.page("ideas/merging/preview.html", status, **names)


def _part_page(idea: Idea, form: PartForm, status: int = 200) -> Response:
    names = {"merge": merging.in_force(idea.id), "target": merging.seen_target(idea, pages.viewer())}
    return pages.page("ideas/merging/part.html", status, idea=idea, form=form, **names)
