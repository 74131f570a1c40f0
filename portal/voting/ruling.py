"""The rules of a board: how much one may vote there, when, and who sees the counts."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock

MOST = 10
"""More votes than this on one idea are not counted, they are shouting."""

IMPORTANCE = {1: "Nice to have", 2: "Important", 3: "Critical"}


class Hidden(StrEnum):
    """Until when the counts of a board are hidden from all but staff."""

    NEVER = "never"
    UNTIL_VOTED = "until_voted"
    FIRST_DAYS = "first_days"


class Ruled:
    """The rules of voting as columns of a board. None and defaults mean: no such rule.

    `vote_budget` is how many votes a person may have on open ideas of the board; `most_per_idea` how many of
    them on one idea. Ideas are taken from `opens_at` until `votes_from` (or to the end where that is None), votes
    from `votes_from` (or `opens_at`) until `closes_at`.
    """

    vote_budget: Mapped[int | None]
    most_per_idea: Mapped[int] = mapped_column(default=1, server_default="1")
    importance: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    least_votes_to_post: Mapped[int] = mapped_column(default=0, server_default="0")
    opens_at: Mapped[datetime | None]
    votes_from: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    counts_hidden: Mapped[str] = mapped_column(sa.String(12), default=Hidden.NEVER, server_default="never")
    counts_hidden_days: Mapped[int] = mapped_column(default=14, server_default="14")

    def why_no_posts(self, now: datetime) -> str:
        """The sentence that says why no idea is taken now; empty when ideas are taken."""
        if self.closes_at and now >= self.closes_at:
            return "This board closed and takes no new ideas."
        if self.opens_at and now < self.opens_at:
            return f"This board opens {day(self.opens_at)}."
        if self.votes_from and now >= self.votes_from:
            return "This board collects votes now and takes no new ideas: vote for those that are there."
        return ""

    def why_no_votes(self, now: datetime) -> str:
        """The sentence that says why no vote is taken now; empty when votes are taken."""
        if self.closes_at and now >= self.closes_at:
            return f"Voting on this board ended {day(self.closes_at)}."
        begins = self.votes_from or self.opens_at
        if begins and now < begins:
            return f"Voting on this board begins {day(begins)}."
        return ""

    @property
    def why_closed(self) -> str:
        """What this board does not take now, in a sentence; empty when it takes ideas and votes."""
        now = clock.now()
        return self.why_no_votes(now) or self.why_no_posts(now)

    @property
    def hides_counts(self) -> bool:
        """Whether some counts of this board are hidden from some people."""
        return self.counts_hidden != Hidden.NEVER

    def hides_until(self, created_at: datetime) -> datetime | None:
        """Until when the count of an idea of that age is hidden by its age; None when age is no matter."""
        if self.counts_hidden != Hidden.FIRST_DAYS:
            return None
        return created_at + timedelta(days=self.counts_hidden_days)


def checks() -> tuple[Any, ...]:
    """The constraints of a ruled table."""
    hidden = ", ".join(f"'{each}'" for each in Hidden)
    return (
        sa.CheckConstraint("vote_budget > 0", name="vote_budget_positive"),
        sa.CheckConstraint(f"most_per_idea BETWEEN 1 AND {MOST}", name="most_per_idea"),
        sa.CheckConstraint("least_votes_to_post >= 0", name="least_votes_to_post"),
        sa.CheckConstraint(f"counts_hidden IN ({hidden})", name="counts_hidden"),
        sa.CheckConstraint("counts_hidden_days >= 0", name="counts_hidden_days"),
    )


def day(at: datetime) -> str:
    """A day to read: "on 3 May 2026 at 09:00 UTC"."""
    return f"on {at.day} {at:%B %Y at %H:%M} UTC"
