"""The part of a text that shows why it was found, with the found words marked."""

from collections.abc import Collection
from itertools import islice

from markupsafe import Markup, escape

from portal.search.analyzing import words

LENGTH = 220
BEFORE = 60
WORDS_LOOKED_AT = 3_000


def excerpt(text: str, terms: Collection[str]) -> Markup:
    """About LENGTH letters of `text` where most of `terms` stand together, safe to show."""
    found = _places(text, terms)
    start = _best_start(found) if found else 0
    begin = 0 if start <= BEFORE else text.find(" ", start - BEFORE) + 1
    if begin > start:
        begin = start
    end = begin + LENGTH
    if end < len(text):
        end = max(text.rfind(" ", begin, end), begin + LENGTH // 2)
    inside = [(a, b) for a, b, _term in found if begin <= a and b <= end]
    shown = _marked(text, inside, begin, min(end, len(text)))
    return Markup("{}{}{}").format("… " if begin else "", shown, " …" if end < len(text) else "")


def marked(text: str, terms: Collection[str]) -> Markup:
    """The whole text with the found words marked, safe to show: for titles."""
    return _marked(text, [(a, b) for a, b, _term in _places(text, terms)], 0, len(text))


def _places(text: str, terms: Collection[str]) -> list[tuple[int, int, str]]:
    return [place for place in islice(words(text), WORDS_LOOKED_AT) if place[2] in terms]


def _best_start(found: list[tuple[int, int, str]]) -> int:
    """Where the stretch begins that holds the most different terms."""

    def different(start: int) -> int:
        return len({term for a, _b, term in found if start <= a < start + LENGTH - BEFORE})

    return max((a for a, _b, _term in found[:100]), key=different)


def _marked(text: str, places: list[tuple[int, int]], begin: int, end: int) -> Markup:
    parts, at = [], begin
    for a, b in places:
        parts += [escape(text[at:a]), Markup("<mark>"), escape(text[a:b]), Markup("</mark>")]
        at = b
    return Markup("").join([*parts, escape(text[at:end])])
