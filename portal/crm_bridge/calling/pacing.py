"""Pacing: how fast a CRM may be called, learnt from what it says, and how long to wait before trying again."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SHARE = 0.9
"""Of a limit that the CRM names, so much is ours; the rest is left to others who call it."""

BURST = 0.2
"""Of our share, so much may go at once. The rest comes evenly, so that no window of that length holds more."""

FIRST_WAIT = 1.0
LONGEST_WAIT = 15 * 60.0
DAY = timedelta(days=1)
"""However long a CRM says that we shall wait, a day later it is asked again."""

MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds, and how many of them are left now, if the CRM says so."""

    calls: int
    seconds: float
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer says of limits: the rate, how many calls of the day are used of how many, and that nothing
    may be sent before a moment. What it does not say is None."""

    rate: Rate | None = None
    day: tuple[int, int] | None = None
    until: datetime | None = None


def sensible(heard: Heard, now: datetime) -> Heard:
    """What makes sense of it: numbers that can be counted with and kept, and nothing that lasts for longer than a day."""
    rate, day = heard.rate, heard.day
    if rate and not (0 < rate.calls <= MOST and 0 < rate.seconds <= DAY.total_seconds()):
        rate = None
    if rate and rate.left is not None:
        rate = replace(rate, left=max(0, min(rate.left, rate.calls)))
    if day:
        used, limit = (max(0, min(each, MOST)) for each in day)
        day = used, limit
    return Heard(rate, day, heard.until and min(heard.until, now + DAY))


class Bucket:
    """A token bucket. Without a rate it holds nobody up; each rate that is heard replaces the one before."""

    def __init__(self, rate: Rate | None = None, at: float = 0.0) -> None:
        self.rate: Rate | None = None
        self.tokens, self.at = 0.0, at
        if rate:
            self.hear(rate, at)

    @property
    def share(self) -> float:
        """How many calls of a window are ours."""
        return max(1.0, self.rate.calls * SHARE) if self.rate else 0.0

    @property
    def size(self) -> float:
        """How many calls may go at once."""
        return max(1.0, self.share * BURST)

    @property
    def seconds_each(self) -> float:
        """How long it takes until one more may go."""
        evenly = self.share - self.size if self.share >= 2 else 1
        return self.rate.seconds / evenly if self.rate else 0.0

    def hear(self, rate: Rate, at: float) -> None:
        """Learn a rate. Calls that the CRM says are gone are gone; the share of others is left to them."""
        if rate.calls < 1 or rate.seconds <= 0:
            return
        first = self.rate is None
        self._fill(at)
        self.rate = rate
        self.tokens = self.size if first else min(self.tokens, self.size)
        if rate.left is not None:
            others = rate.calls - self.share if rate.calls > 1 else 0.0
            self.tokens = min(self.tokens, max(0.0, rate.left - others))

    def delay(self, at: float) -> float:
        """How many seconds from `at` until the next call may be made."""
        self._fill(at)
        if self.rate is None or self.tokens >= 1:
            return 0.0
        return (1 - self.tokens) * self.seconds_each

    def take(self, at: float) -> None:
        """Take one call."""
        self._fill(at)
        if self.rate is not None:
            self.tokens -= 1

    def _fill(self, at: float) -> None:
        if self.rate:
            self.tokens = min(self.size, self.tokens + (at - self.at) / self.seconds_each)
        self.at = at


def backoff(attempt: int, chance: float) -> float:
    """Seconds to wait after the attempt of that number (from 0): anything up to 1 s times 2^n, at most 15 minutes.

    Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    return min(FIRST_WAIT * 2.0 ** min(attempt, 20), LONGEST_WAIT) * chance


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, a day at most, written as seconds or as a date (RFC 9110, 10.2.3)."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), DAY.total_seconds())
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return min(max(0.0, (when - now).total_seconds()), DAY.total_seconds())
