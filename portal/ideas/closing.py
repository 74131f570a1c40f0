"""Closing: what became of an idea decides whether the votes on it hold their people's budgets."""

from portal.activity.events import StatusChanged
from portal.activity.journal import hears
from portal.ideas.models import CLOSED
from portal.voting import returning


@hears(StatusChanged)
def follow_status(event: StatusChanged) -> None:
    """Votes on an idea that was shipped or declined are returned, and count again when it is opened again."""
    if event.new in CLOSED:
        returning.give_back(event.idea_id)
    elif event.old in CLOSED:
        returning.count_again(event.idea_id)
