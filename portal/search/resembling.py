"""Which titles resemble one that is being typed: stems of every language, compounds, words of one meaning.

Every word of the title becomes a `Sense`: the terms of the index that may stand for it, and how surely. Its
weight is log(1 + N / (1 + df)): the rarer, the more telling. What is found scores

    share of the title that it covers + 0.3 * share of its own title that is covered

so that a short title that says just this stands before a long one that also says it. Reading is bounded: the
rarest words come first and reading ends with POSTINGS places read.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from whoosh.query import Query
from whoosh.searching import Searcher

from portal.search import stemming
from portal.search.analyzing import term_of

POSTINGS = 12_000
"""Places read for one title at most: about 50 ms."""
MOST_WORDS = 14
MOST_PARTS = 12
CANDIDATES = 40
SAME, MEANT, PART, IN_TEXT = 1.0, 0.8, 0.6, 0.35
UNKNOWN = 1.5
ENOUGH, ALONE = 0.3, 0.5
"""The share of the title's weight that something must cover to be shown, with several words or by one alone."""
LIKELY = 0.62
"""The share from which somebody who posts is first asked whether it is the same."""


@dataclass(frozen=True)
class Sense:
    """What one word may be in the index: term -> how surely. `weight`: how telling the word is."""

    terms: Mapping[tuple[str, str], float]
    weight: float
    places: int


@dataclass(frozen=True)
class Near:
    """A document that resembles the title, by its number in the index, and how much of the title it covers."""

    number: int
    score: float
    covers: float


def near(searcher: Searcher, title: str, unseen: Query | None = None) -> list[Near]:
    """The documents that resemble a title, the nearest first, without what `unseen` finds."""
    senses = [sense for word in telling(title) for sense in [_sense(searcher, word, title)]]
    total = sum(sense.weight for sense in senses)
    if not total:
        return []
    found = _cover(searcher, senses)
    for number in searcher.docs_for_query(unseen) if unseen is not None and found else ():
        found.pop(number, None)
    rows = []
    for number, by_word in found.items():
        covers = sum(by_word.values()) / total
        if covers >= (ENOUGH if len(by_word) > 1 else ALONE):
            length = searcher.doc_field_length(number, "title") or 1
            rows.append(Near(number, covers + 0.3 * min(len(by_word) / length, 1), covers))
    return sorted(rows, key=lambda each: (-each.score, each.number))[:CANDIDATES]


def telling(title: str) -> list[str]:
    """The words of a title without the stop words of its language, unless there are no others."""
    said = list(dict.fromkeys(stemming.words_of(title)))[:MOST_WORDS]
    # Of two languages that read alike in a short title, both count.
    usual = stemming.stops(stemming.language_of(title) or "en") | stemming.stops("en")
    return [word for word in said if word not in usual] or said


def _cover(searcher: Searcher, senses: list[Sense]) -> dict[int, dict[int, float]]:
    """Document number -> which words of the title it covers, each with its weight."""
    found: dict[int, dict[int, float]] = defaultdict(dict)
    reader, left = searcher.reader(), POSTINGS
    for place, sense in sorted(enumerate(senses), key=lambda each: each[1].places):
        if sense.places > left and found:
            break
        for (field, term), sure in sense.terms.items():
            for number in reader.postings(field, term).all_ids():
                covered = found[number]
                covered[place] = max(covered.get(place, 0.0), sure * sense.weight)
        left -= sense.places
    return found


def _sense(searcher: Searcher, word: str, title: str) -> Sense:
    reader, count = searcher.reader(), max(searcher.doc_count(), 1)
    wanted: dict[tuple[str, str], float] = {}
    for term, sure in _terms(reader, word, title):
        if ("alike", term) in reader:
            wanted["alike", term] = max(sure, wanted.get(("alike", term), 0.0))
    places = {key: reader.doc_frequency(*key) for key in wanted}
    light = term_of(word)
    in_text = reader.doc_frequency("text", light) if ("text", light) in reader else 0
    if 0 < in_text <= max(0.02 * count, 50):
        wanted["text", light], places["text", light] = IN_TEXT, in_text
    own = max(
        (n for key, n in places.items() if wanted[key] >= MEANT), default=max(places.values(), default=0)
    )
    weight = math.log(1 + count / (1 + own)) if wanted else UNKNOWN
    return Sense(wanted, weight, sum(places.values()))


def _terms(reader: Any, word: str, title: str) -> Iterator[tuple[str, float]]:
    stems = stemming.forms(word)
    yield from ((stem, SAME) for stem in stems)
    said = stemming.words_of(title)
    after = dict(pairwise(said))
    joined = word + after.get(word, "")
    yield from ((concept, MEANT) for each in {word, joined} for concept in stemming.concepts_of(each))
    yield from ((stem, SAME) for stem in stemming.forms(joined) if joined != word)
    yield from ((term, PART) for term in _compounds(reader, stems))
    yield from ((term, PART) for term in _parts(reader, word))


def _compounds(reader: Any, stems: set[str]) -> Iterator[str]:
    """Longer words of the index that begin or end with this one: Termin finds Terminerinnerung."""
    for stem in stems:
        if len(stem) > stemming.PART:
            begins = list(_expand(reader, "alike", stem))
            ends = [term[::-1] for term in _expand(reader, "backwards", stem[::-1])]
            yield from (term for term in begins + ends if len(term) >= len(stem) + stemming.PART)


def _expand(reader: Any, field: str, start: str) -> Iterator[str]:
    for count, term in enumerate(reader.expand_prefix(field, start)):
        if count == MOST_PARTS:
            return
        yield term.decode()


def _parts(reader: Any, word: str) -> Iterator[str]:
    """The two words that this one is made of, if the index has both: Terminerinnerung finds Termin."""
    for cut in range(stemming.PART, len(word) - stemming.PART + 1):
        first, last = stemming.forms(word[:cut], stemming.ALWAYS), stemming.forms(word[cut:], stemming.ALWAYS)
        for joint in ("s", "n", "es", "en"):
            if word[:cut].endswith(joint) and cut - len(joint) >= stemming.PART:
                first |= stemming.forms(word[: cut - len(joint)], stemming.ALWAYS)
        known = [{form for form in part if ("alike", form) in reader} for part in (first, last)]
        if all(known):
            yield from (known[0] | known[1])
