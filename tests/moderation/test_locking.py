"""A locked idea or topic can be read, not added to."""

import pytest

from portal.errors import Conflict, NotAllowed
from portal.moderation import locking
from portal.moderation.models import ModerationAct


@pytest.fixture(params=["idea", "topic"])
def thing(request, make, cast):
    return getattr(make, request.param)(author=cast.customer)


def test_locking_and_unlocking_leave_lines_in_the_log(cast, thing, rows):
    assert locking.lock(thing, by=cast.moderator, reason="Answered for good")
    assert not locking.lock(thing, by=cast.admin, reason="Again")
    assert thing.locked_reason == "Answered for good"
    assert locking.unlock(thing, by=cast.admin, reason="New version")
    assert not locking.unlock(thing, by=cast.admin, reason="")
    assert thing.locked_at is None
    assert rows(ModerationAct) == 2


def test_only_moderators_lock(cast, thing):
    with pytest.raises(NotAllowed):
        locking.lock(thing, by=cast.customer, reason="Mine")


def test_a_reason_is_needed(cast, thing):
    with pytest.raises(Conflict):
        locking.lock(thing, by=cast.moderator, reason=" ")


def test_the_log_shows_every_act(as_, cast, thing):
    locking.lock(thing, by=cast.moderator, reason="Answered for good")
    page = as_(cast.moderator).get("/moderation/log").text
    assert "Answered for good" in page
    assert cast.moderator.name in page
