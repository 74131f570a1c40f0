"""Two ideas that ask for the same, and who merges them."""

import pytest

from portal import clock
from portal.database import db
from portal.voting import casting


@pytest.fixture
def board(make):
    return make.board(name="Mobile", vote_budget=5, most_per_idea=3)


@pytest.fixture
def pair(make, board, cast):
    """An idea and the one it is merged into; Ines voted for both, Tomas for the first alone."""
    source = make.idea(board=board, title="Work without signal", author=cast.moderator)
    target = make.idea(board=board, title="Offline mode", author=cast.moderator)
    with clock.at(source.created_at.replace(year=2025)):
        casting.cast(source, by=cast.customer, weight=2)
        casting.cast(source, by=cast.other_customer)
    casting.cast(target, by=cast.customer)
    db.session.commit()
    return source, target


@pytest.fixture
def staff(cast):
    return cast.product_manager
