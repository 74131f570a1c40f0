"""Showing on a profile the last lines of the ledger."""

from collections.abc import Sequence

from portal.accounts.models import Person, Viewer
from portal.reputation.queries import Line, page


def latest_of(_viewer: Viewer, person: Person) -> Sequence[Line]:
    """The newest lines; all of them stand on a page of their own."""
    return page(person.id, None, size=5).rows
