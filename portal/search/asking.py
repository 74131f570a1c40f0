"""What a person typed into the search field, taken apart. Whatever was typed, there is a question in it or none."""

import re
from dataclasses import dataclass

from portal.search.analyzing import words

LONGEST = 200
MOST_WORDS = 12

_PIECE = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Question:
    """Terms that should be there, phrases that must be there in order, and terms that must not."""

    terms: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms or self.phrases)

    @property
    def all_terms(self) -> frozenset[str]:
        """Every term that a result may hold, to be marked in it."""
        return frozenset(self.terms).union(*self.phrases)


def ask(text: str) -> Question:
    """`export "offline mode" -draft` as a question. Only the first words count: LONGEST letters, MOST_WORDS terms."""
    terms: dict[str, None] = {}
    phrases: dict[tuple[str, ...], None] = {}
    without: dict[str, None] = {}
    for piece in _PIECE.finditer(text[:LONGEST]):
        found = [term for _start, _end, term in words(piece["phrase"] or piece["word"] or "")]
        if piece["minus"] and found:
            without.update(dict.fromkeys(found[:1]))
        elif piece["phrase"] and len(found) > 1:
            phrases[tuple(found[:MOST_WORDS])] = None
        else:
            terms.update(dict.fromkeys(found))
    return Question(tuple(terms)[:MOST_WORDS], tuple(phrases)[:3], tuple(without)[:MOST_WORDS])
