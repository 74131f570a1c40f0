"""The first pass: what belongs to a post but stands in other tables. Kept as numbers, so that memory stays small."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from portal.ideas.models import Status
from portal.transfer.stackexchange.reading import SYSTEM, BadValue, Dump, moment, number, tags
from portal.voting import ranking

ACCEPTED, UP, DOWN, FAVOURITE = 1, 2, 3, 5
REVIEWS = {4: "Flagged as offensive", 12: "Flagged as spam", 15: "Reviewed by a moderator"}
TAG_CHANGES = frozenset({3, 6, 9})
"""Kinds of history that set tags: at first, by an edit, by a rollback."""

STATUSES: dict[str, tuple[Status, str | None]] = {
    "status-completed": (Status.SHIPPED, None),
    "status-declined": (Status.DECLINED, None),
    "status-bydesign": (Status.DECLINED, "It works as designed"),
    "status-norepro": (Status.DECLINED, "It could not be reproduced"),
    "status-planned": (Status.PLANNED, None),
    "status-deferred": (Status.PARKED, None),
    "status-review": (Status.UNDER_REVIEW, None),
    "status-reproduced": (Status.UNDER_REVIEW, "It was reproduced"),
}


@dataclass
class Tally:
    """Votes of one post: how many for and against, and the sum of DESIGN section 4 over the dated ones."""

    up: int = 0
    down: int = 0
    weight: float = 0.0
    accepted_at: datetime | None = None

    def add(self, value: int, at: datetime, half_life: float) -> None:
        if value > 0:
            self.up += 1
        else:
            self.down += 1
        self.weight += value * 2 ** ranking.height(at, half_life)

    @property
    def hot(self) -> float | None:
        return math.log2(self.weight) if self.weight > 0 else None


@dataclass(frozen=True)
class Turn:
    """A change of status: to what, when (None: unknown), by which account of the source."""

    tag: str | None
    at: datetime | None
    user: int | None


@dataclass
class Gathered:
    """Everything the first pass found, by post id of the source."""

    tallies: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))
    favourites: list[tuple[int, int, datetime]] = field(default_factory=list)
    reviews: list[tuple[int, str, datetime]] = field(default_factory=list)
    turns: dict[int, list[Turn]] = field(default_factory=lambda: defaultdict(list))


def gather(dump: Dump, half_life: float) -> Gathered:
    """Read votes and history. `half_life` in days is that of the board the ideas go to."""
    found = Gathered()
    _votes(dump, found, half_life)
    _history(dump, found)
    return found


def _votes(dump: Dump, found: Gathered, half_life: float) -> None:
    for key, row in dump.taken("Votes"):
        try:
            post, kind = number(row, "PostId", needed=True), number(row, "VoteTypeId", needed=True)
            at = moment(row, "CreationDate")
            user = number(row, "UserId", default=SYSTEM)
        except BadValue as error:
            dump.report.refuse("Votes", str(key), str(error))
            continue
        assert at is not None  # noqa: S101
        if kind in (UP, DOWN):
            found.tallies[post].add(1 if kind == UP else -1, at, half_life)
        elif kind == ACCEPTED:
            found.tallies[post].accepted_at = at
        elif kind == FAVOURITE and user > 0:
            found.favourites.append((post, user, at))
        elif kind in REVIEWS:
            found.reviews.append((post, REVIEWS[kind], at))


def _history(dump: Dump, found: Gathered) -> None:
    for key, row in dump.taken("PostHistory"):
        try:
            if number(row, "PostHistoryTypeId") not in TAG_CHANGES:
                continue
            post, at = number(row, "PostId", needed=True), moment(row, "CreationDate")
            user = number(row, "UserId", default=SYSTEM)
        except BadValue as error:
            dump.report.refuse("PostHistory", str(key), str(error))
            continue
        tag = status_tag(tags(row.get("Text", "")))
        turns = found.turns[post] if post in found.turns or tag else None
        if turns is not None and (turns[-1].tag if turns else None) != tag:
            turns.append(Turn(tag, at, user if user > 0 else None))


def status_tag(words: list[str]) -> str | None:
    """The status among the tags of a question; where there are several, the one that decides most."""
    return next((each for each in STATUSES if each in words), None)
