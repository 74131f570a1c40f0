"""The forms in which a word is kept and sought for likely duplicates: stems per language, and what it means.

The search at large stems lightly (analyzing.py). A title is short, so that every inflection counts: here a word
is kept as its light term and as the Snowball stems of English, German and the language that the text seems to
be in, and sought as its stems in every language. A word of thesaurus.txt is also kept as its line there ("=17"),
and so is a long word that begins or ends with one (Kalenderexport: calendar, export).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from whoosh.lang import stopwords
from whoosh.lang.snowball import classes

from portal.search.analyzing import fold, term_of

LANGUAGES = ("da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv")
ALWAYS = ("en", "de")
PART = 4
"""Letters that a part of a compound has at least."""
LONGEST = 40

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_UMLAUT = re.compile(r"(?<![aeouqy])(?:ae|oe|ue)")


def words_of(text: str) -> list[str]:
    """The words of a title in their order, in small letters."""
    return [found.group()[:LONGEST] for found in _WORD.finditer(text.casefold())]


def language_of(text: str) -> str:
    """The code of the language with the most stop words in the text; "" when none stands out."""
    said = set(words_of(text))
    counts = sorted(((len(said & stops(code)), code) for code in LANGUAGES), reverse=True)
    return counts[0][1] if counts[0][0] > counts[1][0] else ""


@cache
def stops(code: str) -> frozenset[str]:
    """The words of a language that tell nothing."""
    return frozenset(stopwords.stoplists.get(code, ()))


def kept_as(title: str, text: str) -> set[str]:
    """All terms under which a title is kept."""
    said = words_of(title)
    languages = {*ALWAYS, language_of(f"{title} {text[:500]}")} - {""}
    terms = {form for word in said for form in forms(word, languages)} | set(concepts(said))
    return {term for word in said for term in _inside(word)} | terms


@lru_cache(maxsize=50_000)
def _forms_in(word: str, code: str) -> str:
    plain = _UMLAUT.sub(lambda found: found.group()[0], word) if code == "de" else word
    return fold(classes[code]().stem(plain)) if code in classes else fold(word)


def forms(word: str, languages: Iterable[str] = LANGUAGES) -> set[str]:
    """The light term of a word and its stems in these languages."""
    found = {term_of(word), *(_forms_in(word, code) for code in languages)}
    return {form for form in found if len(form) > 1}


def concepts(said: list[str]) -> Iterator[str]:
    """The lines of the thesaurus that words, alone or two together, stand on."""
    for word in (*said, *(first + second for first, second in pairwise(said))):
        yield from concepts_of(word)


def concepts_of(word: str) -> frozenset[str]:
    """The lines of the thesaurus that one word stands on, by any of its stems."""
    return frozenset().union(*(_thesaurus().get(form, frozenset()) for form in forms(word, ALWAYS)))


@lru_cache(maxsize=20_000)
def _inside(word: str) -> frozenset[str]:
    """The lines of those words of the thesaurus with which a long word begins or ends."""
    found: set[str] = set()
    for cut in range(PART, len(word) - PART + 1):
        # Of a compound, only a whole first part (perhaps with its joining s or n) and a whole last part count.
        first, last = word[:cut], word[cut:]
        found |= concepts_of(first) if len(first) > PART else set()
        found |= concepts_of(last) if len(last) > PART else set()
    return frozenset(found)


@cache
def _thesaurus() -> dict[str, frozenset[str]]:
    lines = (Path(__file__).parent / "thesaurus.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, frozenset[str]] = {}
    for number, line in enumerate(line for line in lines if not line.startswith("#")):
        for word in line.split():
            for form in forms(word, ALWAYS):
                found[form] = found.get(form, frozenset()) | {f"={number}"}
    return found
