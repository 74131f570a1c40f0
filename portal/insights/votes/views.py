"""Who voted, for staff."""

from decimal import Decimal
from typing import Any

from flask import Response, request

from portal import clock, pages
from portal.ideas import queries as ideas
from portal.insights.bucketing import over_time
from portal.insights.views import for_staff, insights
from portal.insights.votes import queries
from portal.insights.votes.choosing import NOBODY, VoteChoice
from portal.voting.ruling import IMPORTANCE
from portal.voting.tallying import Demand, demand_for, money


@insights.get("/votes")
@for_staff
def votes() -> Response:
    """The votes behind a figure; of one idea, with what they come to."""
    viewer = pages.viewer()
    choice = VoteChoice.read(request.args, viewer)
    idea = ideas.find(choice.idea, viewer) if choice.idea else None
    page = queries.votes(choice, viewer, request.args.get("page"))
    names: dict[str, Any] = {"choice": choice, "page": page, "idea": idea, "nobody": NOBODY}
    return pages.page("insights/votes/index.html", importances=IMPORTANCE, **names, **_picture(idea))


@insights.get("/ideas/<slugged:idea_id>/wanted")
@for_staff
def wanted(idea_id: int) -> Response:
    """The pictures of who votes for an idea, for its page."""
    idea = ideas.find(idea_id, pages.viewer())
    return pages.page("insights/votes/_wanted.html", idea=idea, **_picture(idea))


def _picture(idea: Any) -> dict[str, Any]:
    """What the pictures of an idea show; nothing without one."""
    if idea is None:
        return {"demand": Demand(), "buckets": [], "accounts": [], "money": _money}
    accounts = queries.top_accounts(idea.id)
    buckets = over_time(queries.days_of(idea.id), clock.now().date())
    return {"demand": demand_for(idea.id), "buckets": buckets, "accounts": accounts, "money": _money}


def _money(worth: int | None, house: str) -> str:
    return money(Decimal(worth), house) if worth else "–"
