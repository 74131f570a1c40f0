"""The answer of a voter to a changed text. Taking the vote back is the vote button itself."""

from flask import Response, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.ideas import queries
from portal.ideas.confirming.keeping import keep
from portal.ideas.views import ideas


@ideas.put("/<slugged:idea_id>/confirmation")
@login_required
@pages.limiter.limit("30/minute")
def put_confirmation(idea_id: int) -> Response:
    idea = queries.find(idea_id, pages.viewer())
    keep(idea, by=pages.viewer())
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea))
