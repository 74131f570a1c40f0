"""The order Hot: what is stored is the decayed sum, and the order never depends on the clock."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.voting import ranking

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
H = 30.0

moments = st.datetimes(datetime(2009, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def direct(votes, now, half_life=H):
    """The sum as DESIGN section 4 writes it."""
    return math.fsum(w * 2 ** (-((now - at) / DAY) / half_life) for at, w in votes)


def spread(count, first_day, last_day):
    """Votes for it, evenly from `first_day` to `last_day` days ago."""
    step = (last_day - first_day) / count
    return [(NOW - (first_day + step * (n + 0.5)) * DAY, 1) for n in range(count)]


# The cases of the comparison of peers: name, votes, decayed votes with a half-life of 30 days.
GOLDEN = [
    ("revived: 90 votes, 30 of them in the last 14 days", spread(30, 0, 14) + spread(60, 200, 365), 25.8),
    ("mid: 20 votes in the last 20 days", spread(20, 0, 20), 16.0),
    ("steady: a vote every third day for years", [(NOW - 3 * n * DAY, 1) for n in range(365)], 14.9),
    ("fresh: 6 votes, two days old", spread(6, 0, 2), 5.9),
    ("idle for 40 days: 6 votes", spread(6, 40, 46), 2.2),
    ("dead giant: 400 votes, two years ago", spread(400, 700, 760), 0.0),
]


@pytest.mark.parametrize(("name", "votes", "expected"), GOLDEN, ids=[name for name, *_ in GOLDEN])
def test_golden_heat(name, votes, expected):
    stored = ranking.of_votes(votes, H)
    assert ranking.heat(stored, NOW, H) == pytest.approx(direct(votes, NOW), rel=1e-12)
    assert round(ranking.heat(stored, NOW, H), 1) == expected


def test_golden_order_and_an_idea_without_votes_comes_last():
    stored = [ranking.of_votes(votes, H) for _, votes, _ in GOLDEN] + [ranking.of_votes([], H)]
    assert stored == sorted(stored, reverse=True)
    assert stored[-1] == ranking.NEVER_VOTED
    assert ranking.heat(stored[-1], NOW, H) == 0.0


@given(st.lists(moments, min_size=1, max_size=40), st.floats(1, 365))
def test_adding_one_by_one_equals_the_direct_sum(times, half_life):
    stored = ranking.NEVER_VOTED
    for at in times:
        stored = ranking.with_vote(stored, at, half_life)
    assert stored == pytest.approx(ranking.of_votes([(at, 1) for at in times], half_life), abs=1e-9)
    latest = max(times)
    heat = ranking.heat(stored, latest, half_life)
    assert heat == pytest.approx(direct([(at, 1) for at in times], latest, half_life), rel=1e-9)


@given(
    st.lists(st.lists(moments, min_size=1, max_size=8), min_size=2, max_size=6),
    st.integers(0, 4000),
)
def test_the_order_is_the_same_at_every_moment(ideas, days):
    now, later = datetime(2040, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC) + days * DAY
    stored = [ranking.of_votes([(at, 1) for at in times], H) for times in ideas]
    heats = [[ranking.heat(k, moment, H) for k in stored] for moment in (now, later)]
    for heat in heats:
        assert sorted(range(len(stored)), key=stored.__getitem__) == sorted(
            range(len(stored)), key=lambda n, heat=heat: (heat[n], stored[n])
        )


def test_votes_against_take_away_and_the_floor_holds():
    at = NOW - 3 * DAY
    assert ranking.of_votes([(at, 1), (at, 1), (at, -1)], H) == pytest.approx(ranking.of_votes([(at, 1)], H))
    assert ranking.of_votes([(at, 1), (at, -1)], H) == ranking.NEVER_VOTED
    assert ranking.of_votes([(at, -1)], H) == ranking.NEVER_VOTED


def test_dated_imported_votes_are_part_of_the_sum():
    imported, own = spread(12, 30, 90), spread(5, 0, 9)
    stored = ranking.of_votes(own, H, imported_hot=ranking.of_votes(imported, H))
    assert stored == pytest.approx(ranking.of_votes(imported + own, H), abs=1e-9)
    assert ranking.of_votes([], H, imported_hot=ranking.NEVER_VOTED) == ranking.NEVER_VOTED


def test_extreme_dates_stay_finite_and_above_the_floor():
    early = datetime(1971, 1, 1, tzinfo=UTC)
    late = datetime(2999, 1, 1, tzinfo=UTC)
    assert ranking.NEVER_VOTED < ranking.of_votes([(early, 1)], 1.0) < ranking.of_votes([(late, 1)], 1.0)
    assert math.isfinite(ranking.heat(ranking.of_votes([(late, 1)], 1.0), early, 1.0))
