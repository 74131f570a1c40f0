"""What an edit changed, word by word."""

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MANY = 4_000
"""Above this many words the comparison goes by lines: matching words takes the square of their number."""


def compare(before: str, after: str) -> list[tuple[str, str]]:
    """The two texts as one: pairs of ("kept" | "gone" | "new", text), in order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MANY:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("kept", "".join(old[a:b])))
            continue
        parts += [("gone", "".join(old[a:b]))] * (b > a) + [("new", "".join(new[c:d]))] * (d > c)
    return parts
