"""The ledger of a person, line by line."""

from flask import Blueprint, Response, request
from flask_login import current_user

from portal import pages
from portal.accounts import queries as people
from portal.reputation import queries

reputation = Blueprint("reputation", __name__)


@reputation.get("/people/<slugged:person_id>/reputation")
def show(person_id: int) -> Response:
    """All lines of somebody, newest first."""
    person = people.find(current_user, person_id)
    lines = queries.page(person.id, request.args.get("page"))
    return pages.page("reputation/show.html", person=person, lines=lines)
