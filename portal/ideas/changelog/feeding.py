"""Feeding readers of Atom: what stands in a feed, in characters that XML can carry."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.ideas.changelog.models import ChangelogEntry, ChangelogKind

# What XML 1.0 cannot carry, not even escaped (section 2.2 of its definition).
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Item:
    """An entry of a feed. `address` is its permanent link and its id; `html` is safe."""

    address: str
    title: str
    html: str
    published: str
    updated: str
    kinds: Sequence[tuple[str, str]]


def items(
    entries: Sequence[ChangelogEntry],
    labels: Mapping[int, Collection[str]],
    kinds: Sequence[ChangelogKind],
    address: Callable[[ChangelogEntry], str],
) -> list[Item]:
    """The entries as a feed carries them."""
    return [
        Item(
            address=address(entry),
            title=speakable(entry.title),
            html=speakable(entry.body_html),
            published=stamp(entry.published_at or entry.created_at),
            updated=stamp(entry.updated_at),
            kinds=[(each.key, speakable(each.name)) for each in kinds if each.key in labels[entry.id]],
        )
        for entry in entries
    ]


def speakable(text: str) -> str:
    """The text without what XML cannot carry."""
    return _UNSPEAKABLE.sub("\ufffd", text)


def stamp(moment: datetime) -> str:
    """A moment as Atom writes it (RFC 3339), to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
