"""Meaning: the ideas that an export is about, and the people whose personal data it holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas.models import Idea
from portal.transfer.narrowing import Choice, ideas_meant, votes_with
from portal.transfer.storing import batches
from portal.voting.models import Vote

FARTHEST = 10_000
"""A look before the export counts up to here; beyond, "more than" says enough."""


@dataclass(frozen=True)
class Meant:
    """What a choice means for whoever takes it out: these ideas, and of their votes those that were chosen.

    `most`: a look at the first rows needs no more ideas than that.
    """

    choice: Choice
    viewer: Viewer
    most: int | None = None

    @cached_property
    def ids(self) -> Sequence[int]:
        """The ids of the ideas in their order."""
        meant = ideas_meant(self.choice, self.viewer)
        if self.most is not None:
            meant = meant.limit(min(self.most, self.choice.top or self.most))
        return list(db.session.scalars(meant))

    @property
    def select(self) -> sa.Select[Any]:
        """The same as a select of ids."""
        return ideas_meant(self.choice, self.viewer)

    def of(self, ids: Sequence[int]) -> "Meant":
        """The same choice of votes, on these ideas."""
        some = Meant(self.choice, self.viewer)
        vars(some)["ids"] = ids
        return some

    def votes(self, *columns: Any) -> sa.Select[Any]:
        """The chosen votes, with their people and companies; not yet narrowed to the ideas."""
        return votes_with(*columns).where(*self.choice.of_votes())


def people_in(meant: Meant, whose: Collection[str]) -> int:
    """Of how many people that is personal data: of the authors of the ideas, of the voters, or of both."""
    people: set[int] = set()
    for batch in batches(meant.ids):
        for select in _people(meant, whose, Idea.id.in_(batch), Vote.counts_for_id.in_(batch)):
            people.update(each for each in db.session.scalars(select) if each)
    return len(people)


def counted(meant: Meant, whose: Collection[str]) -> tuple[int, int]:
    """How many ideas and how many people, each counted up to FARTHEST; two queries."""
    top = min(meant.choice.top or FARTHEST, FARTHEST)
    ids = meant.select.limit(top).subquery()
    there = sa.select(ids.c.id)
    ideas = db.session.scalar(sa.select(sa.func.count()).select_from(ids)) or 0
    selects = _people(meant, whose, Idea.id.in_(there), Vote.counts_for_id.in_(there))
    if not selects:
        return ideas, 0
    people = sa.union(*selects).limit(FARTHEST).subquery()
    return ideas, db.session.scalar(sa.select(sa.func.count(people.c[0]))) or 0


def _people(meant: Meant, whose: Collection[str], of_ideas: Any, of_votes: Any) -> list[sa.Select[Any]]:
    selects: list[sa.Select[Any]] = []
    if "author" in whose:
        selects.append(sa.select(Idea.author_id).where(of_ideas, Idea.author_id.is_not(None)).distinct())
    if "voter" in whose:
        voters = meant.votes(Vote.person_id).where(of_votes, Vote.person_id.is_not(None))
        selects.append(voters.distinct())
    return selects
