"""The ledger of a person, line by line."""

from flask import Blueprint, Response, request

from portal import pages
from portal.accounts.models import Person
from portal.database import db
from portal.errors import NotFound
from portal.reputation import queries

reputation = Blueprint("reputation", __name__)


@reputation.get("/people/<slugged:person_id>/reputation")
def show(person_id: int) -> Response:
    """All lines of somebody, newest first."""
    person = db.session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound("This person has no page here, or has left.")
    lines = queries.page(person.id, request.args.get("page"))
    badges = queries.badges(person.id)
    return pages.page("reputation/show.html", person=person, lines=lines, badges=badges)
