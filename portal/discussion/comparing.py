"""What an edit changed, word by word."""

import re
from collections.abc import Callable
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MANY = 250_000
"""The most pairs of words, or else of lines, that are compared; what changed more is shown as a whole."""
_PIECES: tuple[Callable[[str], list[str]], ...] = (
    _WORDS.findall,
    lambda text: text.splitlines(keepends=True),
    lambda text: [text],
)


def compare(before: str, after: str) -> list[tuple[str, str]]:
    """The two texts as one: pairs of ("kept" | "gone" | "new", text), in order."""
    for pieces in _PIECES:
        head, old, new, tail = _narrowed(pieces(before), pieces(after))
        if len(old) * len(new) <= MANY:
            break
    parts = [("kept", "".join(head))] * bool(head)
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("kept", "".join(old[a:b])))
            continue
        parts += [("gone", "".join(old[a:b]))] * (b > a) + [("new", "".join(new[c:d]))] * (d > c)
    return parts + [("kept", "".join(tail))] * bool(tail)


def _narrowed(old: list[str], new: list[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """The pieces that both begin with, what is left of each, and the pieces that both end with."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    return old[:head], old[head : len(old) - tail], new[head : len(new) - tail], old[len(old) - tail :]


def _alike(old: list[str], new: list[str]) -> int:
    """With how many of the same pieces both begin."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))
