"""The page that counts the grounds of declined ideas; each number leads to its rows."""

from datetime import timedelta
from typing import Any

from flask import Response, request
from flask_login import current_user, login_required

from portal import clock, pages
from portal.errors import NotAllowed
from portal.ideas import queries as ideas_queries
from portal.ideas.filtering import IdeaFilter
from portal.ideas.grounds import queries
from portal.ideas.views import ideas

PERIODS = {"30": "Last 30 days", "90": "Last 90 days", "365": "Last year", "": "All time"}


@ideas.get("/declined")
@login_required
def declined() -> Response:
    if not current_user.is_staff:
        raise NotAllowed("These counts are for staff. Why an idea was declined stands on its own page.")
    asked = _asked()
    decisions = queries.declined(pages.viewer(), asked["board"], _since(asked["days"]))
    counted = queries.counted(decisions)
    names = queries.names() | {queries.NOT_SAID: "Not said"}
    names |= {key: key for key, _, _ in counted if key not in names}
    shown = queries.on_ground(decisions, asked["ground"]) if asked["ground"] else decisions
    page = queries.page_of(shown, request.args.get("page"))
    boards = ideas_queries.boards(pages.viewer())
    about: dict[str, Any] = {"counted": counted, "names": names, "asked": asked, "periods": PERIODS}
    return pages.page("ideas/declined/index.html", page=page, boards=boards, **about)


def _asked() -> dict[str, Any]:
    """What the address narrows to; what cannot be meant is left out."""
    days, ground = request.args.get("days", ""), request.args.get("ground", "")
    known = {*queries.names(), queries.NOT_SAID}
    return {
        "board": IdeaFilter.read(request.args).board,
        "days": days if days in PERIODS else "",
        "ground": ground if ground in known else "",
    }


def _since(days: str) -> Any:
    return clock.now() - timedelta(days=int(days)) if days else None
