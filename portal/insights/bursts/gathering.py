"""Gathering votes into bursts. What is alike among them is shown; whether it is a fraud or a good meeting, staff say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.accounts.matching import is_free_mail

WITHIN = timedelta(hours=1)
MANY = 5
YOUNG = timedelta(days=1)
"""An account made so shortly before its vote is a new one."""


@dataclass(frozen=True)
class Press:
    """A vote as a burst looks at it: when, by an account made when, of which company and mail domain."""

    cast_at: datetime
    made_at: datetime
    company: str | None
    domain: str

    @property
    def shared(self) -> str:
        """What it shares with colleagues: the company, else the mail domain; "" for a mailbox that anybody can get."""
        return self.company or ("" if is_free_mail(self.domain) else self.domain)


@dataclass(frozen=True)
class Burst:
    """Votes within an hour: how many, how many of them by new accounts, and how many of one company, by its name or mail domain."""

    first: datetime
    last: datetime
    votes: int
    new: int
    alike: int
    company: str

    @property
    def is_odd(self) -> bool:
        """Whether at least half of the votes have something in common."""
        return 2 * max(self.new, self.alike) >= self.votes


def bursts(presses: Sequence[Press]) -> Iterator[Burst]:
    """The bursts among the votes for one idea, given in the order in which they were cast: each vote is in one at most."""
    start = 0
    while start < len(presses):
        end = start
        while end < len(presses) and presses[end].cast_at - presses[start].cast_at <= WITHIN:
            end += 1
        found = _burst(presses[start:end])
        if found.votes >= MANY and found.is_odd:
            yield found
            start = end
        else:
            # Vote by vote, a great mixed crowd would be counted again and again.
            start += max(found.votes // MANY, 1)


def _burst(presses: Sequence[Press]) -> Burst:
    new = sum(each.cast_at - each.made_at <= YOUNG for each in presses)
    shared = Counter(filter(None, (each.shared for each in presses))).most_common(1)
    company, alike = shared[0] if shared else ("", 0)
    return Burst(presses[0].cast_at, presses[-1].cast_at, len(presses), new, alike, company)
