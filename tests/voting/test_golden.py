"""The golden file of the orders: the seven cases stand as they must by Hot, Top and Rising, whatever the clock says."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from portal.voting import ranking, rising

GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text())
CASES = GOLDEN["cases"]
NOW = datetime(2026, 6, 1, 23, 59, 59, tzinfo=UTC)
HALF_LIFE = 30.0


def votes_of(case):
    """When each vote of a case was cast."""
    return [
        NOW - timedelta(days=first + (last - first) / count * (n + 0.5))
        for count, first, last in case["votes"]
        for n in range(count)
    ]


def hot_of(case):
    return ranking.of_votes([(at, 1) for at in votes_of(case)], HALF_LIFE)


def rise_of(case):
    days = Counter(at.date() for at in votes_of(case))
    return rising.rise(days.items(), born=(NOW - timedelta(days=case["born"])).date(), today=NOW.date())


def ordered(value):
    """The first words of the cases, the greatest first; of equals the one that is written first."""
    return [
        case["name"].split(":")[0].split(" for")[0].split(" wants")[0]
        for case in sorted(CASES, key=value, reverse=True)
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_each_case_has_its_heat_and_its_rise(case):
    assert round(ranking.heat(hot_of(case), NOW, HALF_LIFE), 1) == case["heat"]
    assert rise_of(case) == pytest.approx(case["rise"], abs=1e-6)


def test_the_orders():
    assert len(CASES) == 7
    assert ordered(hot_of) == GOLDEN["hot"]
    assert ordered(lambda case: len(votes_of(case))) == GOLDEN["top"]
    assert ordered(rise_of)[:4] == GOLDEN["rising"]


@pytest.mark.parametrize("days", [0, 1, 30, 400])
def test_hot_stays_in_order_when_the_clock_moves(days):
    later = NOW + timedelta(days=days)
    heats = [ranking.heat(hot_of(case), later, HALF_LIFE) for case in CASES]
    assert heats == sorted(heats, reverse=True)


TODAY = date(2026, 6, 1)
LONG_AGO = date(2020, 1, 1)


def on(**votes):
    """Days from ages: on(a3=2) is two votes three days ago."""
    return [(TODAY - timedelta(days=int(age[1:])), count) for age, count in votes.items()]


def test_the_usual_is_no_rise_and_one_vote_on_a_sleeping_idea_is_little():
    daily = [(TODAY - timedelta(days=n), 1) for n in range(200)]
    recent, usual = rising.rates(daily, born=LONG_AGO, today=TODAY)
    assert usual == pytest.approx(91 / 120)
    assert 0 < rising.rise(daily, born=LONG_AGO, today=TODAY) < 0.15
    assert 0 < rising.rise(on(a3=1), born=LONG_AGO, today=TODAY) < 0.05
    assert recent > usual


def test_what_falls_or_rests_does_not_rise():
    assert rising.rise(on(a20=50, a1=1), born=LONG_AGO, today=TODAY) == 0.0
    assert rising.rise(on(a14=50), born=LONG_AGO, today=TODAY) == 0.0
    assert rising.rise([], born=TODAY, today=TODAY) == 0.0
    assert rising.rise(on(a0=0), born=TODAY, today=TODAY) == 0.0


def test_more_votes_rise_more():
    rises = [rising.rise(on(a1=count), born=LONG_AGO, today=TODAY) for count in (1, 2, 5, 50)]
    assert rises == sorted(rises)
