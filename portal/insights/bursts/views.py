"""Bursts of votes, for staff."""

from flask import Response

from portal import clock, pages
from portal.insights.bursts import queries
from portal.insights.bursts.gathering import MANY
from portal.insights.views import for_staff, insights


@insights.get("/bursts")
@for_staff
def bursts() -> Response:
    """Many votes within an hour, by accounts that have something in common."""
    found = queries.latest(pages.viewer(), clock.now())
    return pages.page("insights/bursts/index.html", found=found, days=queries.DAYS, many=MANY)
