"""Who may convert, and holding what is converted."""

from typing import Any

from portal.accounts.models import Person
from portal.database import db
from portal.errors import NotAllowed
from portal.forums.models import Topic


def may_convert(person: Any) -> bool:
    """Whether this person may make an idea of a question, the other way round, and part them again."""
    return bool(person.may("decide") or person.may("moderate"))


def must_convert(by: Person) -> None:
    """Raise NotAllowed unless this person may convert."""
    if not may_convert(by):
        raise NotAllowed("Only staff do that. Say in a comment that it belongs elsewhere: they read it.")


def hold_topic(topic: Topic) -> None:
    """Read what decides as it is now, and keep others from converting or writing here until the end."""
    db.session.flush()
    db.session.refresh(topic, ["locked_at", "hidden_at"], with_for_update=True)
