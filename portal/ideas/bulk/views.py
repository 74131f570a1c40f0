"""Acts on several ideas: what happens to how many is said first, then one press does it."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_login import login_required
from sqlalchemy.orm import undefer

from portal import pages
from portal.database import db
from portal.errors import Unusable
from portal.ideas import queries
from portal.ideas.bulk import handling
from portal.ideas.bulk.forms import ACTS, BoardOfAll, BulkForm, LabelOfAll, OwnerOfAll, StatusOfAll
from portal.ideas.bulk.handling import Outcome
from portal.ideas.deciding import must_decide
from portal.ideas.forms import number
from portal.ideas.grounds import queries as grounds
from portal.ideas.merging.joining import why_not
from portal.ideas.merging.previewing import preview
from portal.ideas.models import Board, Idea
from portal.ideas.plans.queries import staff
from portal.ideas.statuses.queries import set_of
from portal.ideas.views import ideas


@ideas.record
def _offer_acts(state: Any) -> None:
    """Lists of any slice take in `ideas/bulk/_acts.html`, which names the acts."""
    state.app.jinja_env.globals.update(bulk_acts=ACTS)


@ideas.post("/bulk")
@login_required
def ask_bulk() -> Response:
    must_decide(pages.viewer())
    return _page(_form(_act(), fresh=True))


@ideas.put("/bulk")
@login_required
@pages.limiter.limit("30/minute")
def put_bulk() -> Response:
    must_decide(pages.viewer())
    form = _form(_act())
    if not form.validate_on_submit():
        return _page(form, 422)
    _tell(_do(form, _chosen()))
    db.session.commit()
    return pages.go(_back())


def _back() -> str:
    """The list from which the ideas were chosen."""
    return pages.ours(request.form.get("back", "")[:2000]) or url_for("ideas.index", sort="new")


def _act() -> str:
    act = request.form.get("act", "")
    if act not in ACTS:
        raise Unusable("Choose what to do with these ideas.")
    return act


def _chosen() -> list[Idea]:
    ids = {number(each[:18]) for each in request.form.getlist("idea")[: handling.MOST + 1]}
    if not ids or len(ids) > handling.MOST:
        raise Unusable(f"Choose 1 to {handling.MOST} ideas in the list first.")
    chosen = queries.visible_to(pages.viewer()).where(Idea.id.in_(ids)).order_by(Idea.id)
    return list(queries.cards(chosen.options(undefer(Idea.imported_up), undefer(Idea.imported_down))))


def _form(act: str, *, fresh: bool = False) -> Any:
    given: dict[str, Any] = {"formdata": None} if fresh else {}
    given["act"] = act
    if act == "status":
        return StatusOfAll(**given).offer(set_of(None), grounds.offered())
    if act == "board":
        boards = queries.boards(pages.viewer())
        return BoardOfAll(**given).offer(each for each in boards if each.archived_at is None)
    if act == "owner":
        return OwnerOfAll(**given).offer(staff())
    return LabelOfAll(**given) if act == "label" else BulkForm(**given)


def _do(form: Any, chosen: list[Idea]) -> Outcome:
    words: dict[str, Any] = {"by": pages.viewer()}
    if form.act.data == "status":
        return handling.set_status(
            chosen, status=form.status.data, ground=form.ground.data, reason=form.reason.data or "", **words
        )
    if form.act.data == "board":
        board = db.session.get_one(Board, int(form.board.data))
        return handling.move_all(chosen, board=board, **words)
    if form.act.data == "owner":
        return handling.set_owner(chosen, owner_id=number(form.owner.data) or None, **words)
    if form.act.data == "label":
        return handling.label_all(chosen, label=form.label.data, **words)
    return handling.merge_all(chosen, reason=form.reason.data or "", **words)


def _tell(outcome: Outcome) -> None:
    same = f" {outcome.same} were so already." if outcome.same else ""
    flash(f"{outcome.changed} {'idea' if outcome.changed == 1 else 'ideas'} changed.{same}", "good")
    for idea, why in outcome.refused[:5]:
        flash(f"“{idea.title}” is left as it is: {why}", "warm")


def _page(form: Any, status: int = 200) -> Response:
    chosen = _chosen()
    names = {
        "form": form,
        "chosen": chosen,
        "merged": [each for each in chosen if each.is_merged],
        "words": ACTS[form.act.data],
        "back": _back(),
    }
    merging = _merging(chosen) if form.act.data == "merge" and chosen else {"preview": None}
    return pages.page("ideas/bulk/confirm.html", status, **names, **merging)


def _merging(chosen: list[Idea]) -> dict[str, Any]:
    """What merging all into the first would change, and which of them are left as they are, with why."""
    into, *others = handling.ranked_to_merge(chosen)
    left = {each: why_not(each, into) for each in others if each.merged_into_id != into.id}
    sources = [each for each, why in left.items() if not why]
    return {
        "into": into,
        "left": [(each, why) for each, why in left.items() if why],
        "preview": preview(sources, into) if sources else None,
    }
