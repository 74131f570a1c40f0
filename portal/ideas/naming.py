"""Naming what narrows a list of ideas, each with the list without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.ideas.fields.models import BoardField
from portal.ideas.filtering import IdeaFilter
from portal.ideas.standing import Standing

MINE = {"written": "Written by me", "voted": "I voted for"}


@dataclass(frozen=True)
class Chip:
    """One thing that narrows the list, in words, and the list without it as the query of an address."""

    words: str
    query: Mapping[str, Any]


def chips(wanted: IdeaFilter, offered: Sequence[Standing], asked: Sequence[BoardField]) -> list[Chip]:
    """Everything that narrows the list, each once; where it is and its order do not. `offered`: the statuses, `asked`: the
    fields by which it can be narrowed."""
    named = {
        "text": f"“{wanted.text}”",
        "status": next((each.name for each in offered if each.key == wanted.status), wanted.status),
        "mine": MINE.get(wanted.mine, ""),
        "tier": f"Tier: {wanted.tier}",
        "segment": f"Segment: {wanted.segment}",
    }
    found = [
        Chip(words, wanted.but(**{name: ""}).as_query())
        for name, words in named.items()
        if getattr(wanted, name)
    ]
    return found + chosen(wanted, asked)


def chosen(wanted: Any, asked: Sequence[BoardField]) -> list[Chip]:
    """The choices of fields by which a list is narrowed. `wanted`: what the list shows, with its choices in `chosen`."""
    on = dict(wanted.chosen)
    found = []
    for field in (each for each in asked if each.id in on):
        words = next((each.name for each in field.choices if each.id == on[field.id]), str(on[field.id]))
        kept = tuple(each for each in wanted.chosen if each[0] != field.id)
        found.append(Chip(f"{field.name}: {words}", wanted.but(chosen=kept).as_query()))
    return found
