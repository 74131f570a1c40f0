"""Comparing a formula with the scores that were given: what they would come to by it, before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from portal.accounts.models import Viewer
from portal.ideas.scores import queries, weighing
from portal.ideas.scores.models import Arithmetic

BEST = 10
"""How many of the highest scores are shown, before and after."""


@dataclass(frozen=True)
class Place:
    """A score among the highest: of which idea, and what it comes to."""

    idea_id: int
    title: str
    points: int


@dataclass(frozen=True)
class Comparison:
    """What another formula means for the scores that hold now: how many there are, how many come to something else with
    the same numbers, and how many lack a number that it asks for. `best` by both, the highest first."""

    scored: int
    moved: int
    lacking: int
    best: tuple[Sequence[Place], Sequence[Place]]

    @property
    def changes(self) -> bool:
        """Whether any score is concerned."""
        return bool(self.moved or self.lacking)

    @property
    def mark(self) -> str:
        """A mark of exactly this comparison, to agree to."""
        return sha256(repr(self).encode()).hexdigest()[:16]


def compare(
    viewer: Viewer, board_id: int | None, kind: str, factors: Sequence[Mapping[str, str]]
) -> Comparison:
    """The scores for which a formula of a board (None: of the house) would hold, by it and as they are."""
    now, then = list[Place](), list[Place]()
    scored = moved = lacking = 0
    for given in queries.current_scores(viewer, board_id):
        points = points_by(kind, factors, given)
        scored += 1
        now = _best(now, Place(given.idea_id, given.title, given.points))
        if points is None:
            lacking += 1
        else:
            moved += points != given.points
            then = _best(then, Place(given.idea_id, given.title, points))
    return Comparison(scored, moved, lacking, (now, then))


def points_by(kind: str, factors: Sequence[Mapping[str, str]], given: Any) -> int | None:
    """What a score comes to by a formula, from the numbers that it was given with; None where one is lacking.

    Numbers of own factors are found by the name of the factor, in whatever order they stand.
    """
    was_rice = given.kind in (None, Arithmetic.RICE)
    numbers = {name: Decimal(value) for name, value in given.inputs.items()}
    if kind == Arithmetic.RICE:
        return weighing.rice(numbers) if was_rice else None
    named = {} if was_rice else _named(given.factors, numbers)
    if not all(_key(each) in named for each in factors):
        return None
    weights = [Decimal(each["weight"]) for each in factors]
    return weighing.weighted(weights, [named[_key(each)] for each in factors])


def _named(factors: Sequence[Mapping[str, str]], numbers: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {_key(each): numbers[f"factor_{n}"] for n, each in enumerate(factors, 1)}


def _key(factor: Mapping[str, str]) -> str:
    return " ".join(factor["name"].split()).casefold()


def _best(places: list[Place], one: Place) -> list[Place]:
    return sorted([*places, one], key=lambda each: (-each.points, each.idea_id))[:BEST]
