"""The page of decisions that deserve a second look, for staff."""

from flask import Response, request
from flask_login import current_user, login_required

from portal import pages
from portal.database import db
from portal.errors import NotAllowed
from portal.ideas import queries as ideas_queries
from portal.ideas.reviewing import queries
from portal.ideas.views import ideas

NAMES = {queries.AGAIN: "Asked for again", queries.UNSOLVED: "Does not solve it"}


@ideas.get("/second-look")
@login_required
def second_look() -> Response:
    if not current_user.is_staff:
        raise NotAllowed("This list is for staff. What became of an idea stands on its own page.")
    which = request.args.get("list", "")
    which = which if which in NAMES else queries.AGAIN
    found = queries.listed(ideas_queries.listed_to(pages.viewer()), which)
    order = queries.LISTS[which][1]
    page = order.page(lambda rows: db.session.scalars(rows).all(), found, cursor=request.args.get("page"))
    return pages.page("ideas/reviewing/index.html", page=page, which=which, names=NAMES)
