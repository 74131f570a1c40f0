"""An idea, and a comment that works around it."""

import pytest

from portal.database import db
from portal.voting import casting


@pytest.fixture
def idea(make, cast):
    """Mo's idea, for which Ines and Tomas voted, with a comment that works around it."""
    idea = make.idea(author=cast.moderator, title="Offline mode")
    for who in (cast.customer, cast.other_customer):
        casting.cast(idea, by=who)
    db.session.commit()
    return idea


@pytest.fixture
def comment(make, cast, idea):
    return make.comment(idea, author=cast.other_customer, body="Print the list before you leave.")
