"""Rising: how much more an idea is wanted now than it usually is.

Votes come at a rate that has a Gamma prior and is observed as a Poisson count, so its mean afterwards is
(votes + alpha) / (days + beta) (the conjugate pair; Gelman et al., Bayesian Data Analysis, 3rd edition, section 2.6).
The usual rate of an idea is that of the 90 days before the last 14, with a prior of one vote a month. The recent rate
is that of the last 14 days, with the usual rate as its prior, worth 14 days: what is usual stays at 0, and one vote
on a sleeping idea is little. What is stored is the difference, in votes a day.
"""

from collections.abc import Iterable
from datetime import date

RECENT, USUAL = 14, 90
PRIOR_VOTES, PRIOR_DAYS = 1.0, 30.0
STRENGTH = 14.0
"""How many days the usual rate counts for in the recent one."""


def rates(days: Iterable[tuple[date, int]], *, born: date, today: date) -> tuple[float, float]:
    """The recent and the usual rate, in votes a day, of an idea that was made on a day, from its votes by day."""
    recent = usual = 0
    for day, votes in days:
        age = (today - day).days
        if age < RECENT:
            recent += votes
        elif age < RECENT + USUAL:
            usual += votes
    life = max((today - born).days + 1, 1)
    lately, before = min(life, RECENT), min(max(life - RECENT, 0), USUAL)
    base = (usual + PRIOR_VOTES) / (before + PRIOR_DAYS)
    return (recent + STRENGTH * base) / (lately + STRENGTH), base


def rise(days: Iterable[tuple[date, int]], *, born: date, today: date) -> float:
    """How many votes a day more than usual; 0 where it is no more, or nobody voted lately."""
    days = list(days)
    if not any(votes > 0 and (today - day).days < RECENT for day, votes in days):
        return 0.0
    recent, usual = rates(days, born=born, today=today)
    return round(max(recent - usual, 0.0), 6)
