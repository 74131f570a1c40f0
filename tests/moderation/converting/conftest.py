"""A question that two people answered, an idea that somebody voted for, and the board of both."""

import pytest

from portal import clock
from portal.database import db
from portal.notifications.models import Watch
from portal.voting import casting


@pytest.fixture
def board(make):
    return make.board(name="Rota", vote_budget=3)


@pytest.fixture
def topic(make, cast):
    """Ines asked; Tomas and Mo answered."""
    topic = make.topic(author=cast.customer, title="How do I export a rota?", body="I type it **twice**.")
    for who in (cast.other_customer, cast.moderator):
        make.reply(topic, author=who)
    return topic


@pytest.fixture
def idea(make, cast, board):
    """Ines wants it, Tomas voted and follows."""
    idea = make.idea(board=board, author=cast.customer, title="Print the rota", body="On **paper**.")
    make.comment(idea, author=cast.moderator, body="Press P.")
    casting.cast(idea, by=cast.other_customer, weight=1)
    db.session.add(
        Watch(person_id=cast.other_customer.id, idea_id=idea.id, since=clock.now(), because="vote")
    )
    db.session.commit()
    return idea
