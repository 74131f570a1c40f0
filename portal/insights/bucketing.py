"""Bucketing days into weeks and months, for pictures of votes over time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MOST_WEEKS, MOST_MONTHS = 26, 24


@dataclass
class Bucket:
    """A week or a month, from its first to its last day, and how many votes were cast in it."""

    name: str
    since: date
    until: date
    votes: int = 0


def weeks(today: date, count: int = MOST_WEEKS) -> list[Bucket]:
    """The last weeks of seven days, the one that ends today last."""
    ends = [today - timedelta(days=7 * n) for n in reversed(range(count))]
    firsts = [(end - timedelta(days=6), end) for end in ends]
    return [Bucket(f"{first.day} {first:%b %Y}", first, end) for first, end in firsts]


def months(today: date, count: int = MOST_MONTHS) -> list[Bucket]:
    """The last calendar months, the present one last."""
    found: list[Bucket] = []
    end = today
    for _ in range(count):
        first = end.replace(day=1)
        found.append(Bucket(f"{first:%b %Y}", first, end))
        end = first - timedelta(days=1)
    return found[::-1]


def over_time(days: Iterable[tuple[date, int]], today: date) -> list[Bucket]:
    """Votes by week where all of them are of the last 26 weeks, else by month of the last 24; from the first vote on."""
    days = sorted(days)
    if not days:
        return []
    young = (today - days[0][0]).days < 7 * MOST_WEEKS
    return filled(weeks(today) if young else months(today), days)


def filled(buckets: list[Bucket], days: Iterable[tuple[date, int]]) -> list[Bucket]:
    """The buckets with the votes of their days, without the empty ones before the first vote."""
    place = {
        each.since + timedelta(days=n): each
        for each in buckets
        for n in range((each.until - each.since).days + 1)
    }
    for day, votes in days:
        if day in place:
            place[day].votes += votes
    first = next((n for n, each in enumerate(buckets) if each.votes), len(buckets))
    return buckets[first:]
