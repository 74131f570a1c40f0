"""How much a text changed.

    share = (gone + new) / (2 * kept + gone + new), counted in words

which is 1 less the Dice coefficient of both texts: 0 for the same words, 1 when none is left. A change is large
from a share of LARGE of the text or LARGE_TITLE of the title, where one word more counts for more.
"""

import re
from collections.abc import Iterable

LARGE = 0.35
LARGE_TITLE = 0.5

_WORD = re.compile(r"\w+")


def share_changed(parts: Iterable[tuple[str, str]]) -> float:
    """The share of words that changed, from 0 to 1; `parts` as portal/discussion/comparing.py gives them."""
    words = {"kept": 0, "gone": 0, "new": 0}
    for kind, text in parts:
        words[kind] += len(_WORD.findall(text))
    changed = words["gone"] + words["new"]
    return changed / (2 * words["kept"] + changed) if changed else 0.0


def is_large(title: Iterable[tuple[str, str]], body: Iterable[tuple[str, str]]) -> bool:
    """Whether those who voted for the old text should say whether they want the new one."""
    return share_changed(title) >= LARGE_TITLE or share_changed(body) >= LARGE
