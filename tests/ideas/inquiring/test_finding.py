"""Which ideas are quiet: open ones about which nothing happened for the months of their board."""

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.ideas.inquiring.finding import months_before
from tests.factories import EPOCH
from tests.ideas.inquiring.living import LATELY, NEVER
from tests.ideas.inquiring.looking import NOW, asked, look


@pytest.mark.parametrize(
    ("now", "months", "before"),
    [((2027, 3, 31), 1, (2027, 2, 28)), ((2028, 1, 5), 1, (2027, 12, 5)), ((2028, 2, 29), 12, (2027, 2, 28))],
)
def test_months_are_those_of_the_calendar(now, months, before):
    assert months_before(datetime(*now, tzinfo=UTC), months) == datetime(*before, tzinfo=UTC)


@pytest.mark.parametrize("what", LATELY)
def test_whatever_happened_lately_keeps_it_from_being_asked(make, cast, quiet, what):
    """In the same months nobody is asked; later, when nothing more happens, they are."""
    with clock.at(NOW - timedelta(days=200)):
        LATELY[what](make, cast, quiet)
    look()
    assert asked(quiet) == []
    look(NOW + timedelta(days=200))
    assert asked(quiet) == [None]


@pytest.mark.parametrize("what", NEVER)
def test_what_is_promised_done_or_looked_after_is_never_asked(make, cast, quiet, what):
    with clock.at(EPOCH + timedelta(days=10)):
        NEVER[what](make, cast, quiet)
    look()
    assert asked(quiet) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"quiet_months": 0},
        {"closes_at": NOW - timedelta(days=1)},
        {"votes_from": NOW + timedelta(days=1)},
        {"archived_at": NOW},
        {"who_votes": "nobody"},
    ],
)
def test_boards_that_take_no_votes_do_not_ask(board, quiet, run, rule):
    for name, value in rule.items():
        setattr(board, name, value)
    assert look() == (0, 0)
