"""The order Hot: demand that decays per vote, stored so that it never changes with the clock.

`H = sum of w * 2^(-(now - t) / h)` is how wanted an idea is now, with the half-life h in days. What is stored is
`K = log2(sum of w * 2^((t - t0) / h))`: the same order at every moment, hence an indexed column and a stable
cursor (DESIGN section 4). The weight w of a vote is how many of the board's votes went into it; its importance is
no part of the order. A vote against weighs -1.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

NEVER_VOTED = -1e9
"""The stored rank of an idea that nobody wants (more): below every idea that somebody does."""

T0 = datetime(2020, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def height(at: datetime, half_life: float) -> float:
    """log2 of what one vote cast at that moment adds to the sum: (t - t0) / h."""
    return (at - T0) / _DAY / half_life


def with_vote(hot: float, at: datetime, half_life: float, *, weight: int = 1) -> float:
    """The rank after one more vote for it: log-sum-exp of what is stored and the new vote."""
    new = height(at, half_life) + math.log2(weight)
    if hot <= NEVER_VOTED:
        return new
    low, high = sorted((hot, new))
    return high + math.log2(1 + 2 ** (low - high))


def of_votes(
    votes: Iterable[tuple[datetime, int]], half_life: float, *, imported_hot: float | None = None
) -> float:
    """The rank from rows: (cast at, value times weight) each, and the rank that dated imported votes came with.

    NEVER_VOTED when the votes against outweigh the others.
    """
    terms = [(height(at, half_life), value) for at, value in votes]
    if imported_hot is not None and imported_hot > NEVER_VOTED:
        terms.append((imported_hot, 1))
    if not terms:
        return NEVER_VOTED
    top = max(exponent for exponent, _ in terms)
    total = math.fsum(weight * 2 ** (exponent - top) for exponent, weight in terms)
    return top + math.log2(total) if total > 0 else NEVER_VOTED


def together(hots: Iterable[float | None]) -> float | None:
    """One rank for several, as if all their votes were on one idea; None for none."""
    known = [hot for hot in hots if hot is not None and hot > NEVER_VOTED]
    if not known:
        return None
    top = max(known)
    return top + math.log2(math.fsum(2 ** (hot - top) for hot in known))


def under(half_life: float, hot: float, votes: int, *, was: float) -> float:
    """A rank that imported votes came with, under another half-life than it `was` made with.

    Their dates are not known: they count as cast at one moment, the one that gives this rank.
    """
    if hot <= NEVER_VOTED or half_life == was:
        return hot
    many = math.log2(max(votes, 1))
    return (hot - many) * was / half_life + many


def heat(hot: float, now: datetime, half_life: float) -> float:
    """H, the decayed number of votes that a stored rank stands for at a moment; for people to read."""
    return 0.0 if hot <= NEVER_VOTED else 2 ** min(hot - height(now, half_life), 1000.0)
