"""A board that asks about quiet ideas, and a quiet idea of it."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import db
from portal.ideas.inquiring.models import Inquiry
from portal.voting import casting
from tests.factories import EPOCH


@pytest.fixture
def board(make):
    return make.board(name="Field", quiet_months=12, quiet_days=30, vote_budget=3)


@pytest.fixture
def quiet(make, cast, board):
    """An old idea of Ines that Tomas voted for long ago."""
    idea = make.idea(board=board, author=cast.customer, title="Fax reports")
    with clock.at(EPOCH + timedelta(days=3)):
        casting.cast(idea, by=cast.other_customer)
    db.session.commit()
    return idea


@pytest.fixture
def asked_now(make, quiet):
    """People are asked about it since an hour."""
    now = clock.now()
    make._save(Inquiry(idea_id=quiet.id, asked_at=now - timedelta(hours=1), until=now + timedelta(days=30)))
    return quiet
