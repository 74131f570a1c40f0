"""Naming what narrows the desk: a chip for each thing that was chosen, and what an address says that means nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.ideas.fields.models import BoardField
from portal.ideas.naming import Chip, chosen
from portal.insights.choosing import Choice

Offered = Mapping[str, Sequence[tuple[Any, str]]]

NAMES = {
    "text": ("Words", ""),
    "board": ("Board", "All boards"),
    "status": ("Status", "Any status"),
    "tier": ("Tier", "Any tier"),
    "segment": ("Segment", "Any segment"),
    "owner": ("Owner", "Any owner"),
    "label": ("Label", "Any label"),
    "age": ("Age", "Any age"),
    "state": ("Decision", "Decided or not"),
    "due": ("Review date", "Any review date"),
    "since": ("Made from", ""),
    "until": ("Made until", ""),
}
"""What can be chosen: its label, and what stands for no choice."""
OFFERED: Offered = {
    "age": [(7, "Made in 7 days"), (30, "Made in 30 days"), (90, "Made in 90 days"), (365, "Made in a year")],
    "state": [
        ("undecided", "Not decided"),
        ("answered", "Had an answer"),
        ("again", "Asked for again"),
        ("helped", "A workaround helps"),
    ],
    "due": [("1", "Review is due")],
}
"""What is offered whatever is in the database; these words need no label before them."""


def chips(choice: Choice, offered: Offered, asked: Sequence[BoardField]) -> list[Chip]:
    """Everything that narrows the list, each once. `asked`: the fields of the board by which it can be narrowed."""
    on = choice.as_query()
    found = [
        Chip(_words(name, on[name], offered), choice.without(name).as_query()) for name in NAMES if name in on
    ]
    return found + chosen(choice, asked)


def mistakes(address: Mapping[str, str], choice: Choice, offered: Offered) -> list[str]:
    """What an address asks for and nothing can fit, or what it says that means nothing: a sentence for each."""
    on = choice.as_query()
    unread = [f"{label}: “{address[name][:60]}” means nothing here and was left out."
              for name, (label, _) in NAMES.items() if address.get(name, "").strip() and name not in on]  # fmt: skip
    unknown = [f"{NAMES[name][0]}: “{on[name]}” is none of those there are."
               for name, items in offered.items() if name in on and on[name] not in dict(items)]  # fmt: skip
    return unread + unknown


def _words(name: str, value: Any, offered: Offered) -> str:
    words = dict(offered.get(name, ())).get(value, str(value))
    return words if name in OFFERED else f"{NAMES[name][0]}: {words}"
