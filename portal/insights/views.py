"""The desk of product managers."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask_login import current_user, login_required

from portal import clock, pages
from portal.accounts.permissions import Permission
from portal.errors import NotAllowed
from portal.ideas import queries as ideas
from portal.ideas.fields import queries as fields
from portal.ideas.fields.models import BoardField
from portal.ideas.fields.queries import Value
from portal.ideas.listing import listed
from portal.ideas.merging.queries import labels_on
from portal.ideas.models import Board
from portal.ideas.plans.queries import staff
from portal.ideas.statuses import queries as statuses
from portal.ideas.waiting import days_since
from portal.insights import naming, queries
from portal.insights.choosing import PAGE, SORTS, Choice
from portal.voting.tallying import deals_words, groups_of_accounts, stake_words

insights = Blueprint("insights", __name__, url_prefix="/desk")


def register(app: Flask) -> None:
    """Attach these pages."""
    app.register_blueprint(insights)


def decides(view: Callable[..., Response]) -> Callable[..., Response]:
    """A view for those who decide on ideas."""

    @wraps(view)
    @login_required
    def guarded(**values: Any) -> Response:
        if not current_user.may(Permission.DECIDE):
            raise NotAllowed("The desk is for product managers. What is wanted stands under Ideas.")
        return view(**values)

    return guarded


def for_staff(view: Callable[..., Response]) -> Callable[..., Response]:
    """A view for all staff: who voted."""

    @wraps(view)
    @login_required
    def guarded(**values: Any) -> Response:
        if not current_user.is_staff:
            raise NotAllowed("Who voted is for staff. How many did stands on the page of the idea.")
        return view(**values)

    return guarded


@insights.get("/")
@decides
def desk() -> Response:
    """All ideas, with who wants them."""
    viewer, choice = pages.viewer(), Choice.read(request.args)
    boards = ideas.boards(viewer)
    board = next((each for each in boards if each.id == choice.board), None)
    asked = fields.filters_for(viewer, board)
    choice = choice.offering({each.id for each in asked})
    found = choice.narrow(ideas.listed_to(viewer), viewer)
    among = choice.of_list.among
    page = listed(choice.order, among, found, cursor=request.args.get("page"), size=PAGE)
    ids = [idea.id for idea in page.rows]
    beside = _beside(viewer, choice, ids) | {"asked": asked, "values": _values(asked, ids)}
    return pages.page("insights/desk.html", page=page, **beside, **_filters(viewer, choice, boards, asked))


def _values(asked: Sequence[BoardField], ids: list[int]) -> dict[int, list[Value]]:
    """What the ideas of one page have in the fields that can be chosen by."""
    if not asked:
        return {}
    shown = {each.id for each in asked}
    there = fields.values_of(ids)
    return {key: [each for each in values if each.field.id in shown] for key, values in there.items()}


def _beside(viewer: Any, choice: Choice, ids: list[int]) -> dict[str, Any]:
    """What is read for the ideas of one page, how old the numbers are, and how many reviews are due."""
    due = queries.how_many_due(viewer) if choice.sort == "waiting" else 0
    again = queries.how_many_again(viewer) if choice.sort == "waiting" else 0
    shown = {"weeks": queries.weeks_of(ids), "plans": queries.plans_of(ids), "labels": labels_on(ids, viewer)}
    return shown | {"age": queries.age(), "due": due, "again": again} | _words()


def _filters(
    viewer: Any, choice: Choice, boards: Sequence[Board], asked: Sequence[BoardField]
) -> dict[str, Any]:
    """What the list can be narrowed to, as (value, words), what it is narrowed to, and what cannot be meant."""
    offered = _offered(viewer, boards)
    return {
        "choice": choice,
        "offered": offered,
        "names": naming.NAMES,
        "chips": naming.chips(choice, offered, asked),
        "mistakes": naming.mistakes(request.args, choice, offered),
        "sorts": [(key, words) for key, (words, _) in SORTS.items()],
    }


def _offered(viewer: Any, boards: Sequence[Board]) -> dict[str, Any]:
    groups = groups_of_accounts(viewer)
    return {
        "board": [(each.id, each.name) for each in boards],
        "status": [(each.key, each.name) for each in statuses.offered(viewer, None)],
        "tier": [(each, each) for each in groups["tier"]],
        "segment": [(each, each) for each in groups["segment"]],
        "owner": [(each.id, each.name) for each in staff()],
        "label": [tuple(each) for each in queries.labels()],
        **naming.OFFERED,
    }


def _words() -> dict[str, Any]:
    today = clock.now().date()
    words: dict[str, Any] = {"stake_words": stake_words, "deals_words": deals_words}
    return words | {"days_since": lambda idea: days_since(idea, today), "today": today}
