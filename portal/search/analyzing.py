"""Text into the words that are compared: folded and lightly stemmed, the same for what is kept and what is asked.

The community writes in whatever language it likes, so there is no list of stop words and no stemmer of one
language. Letters lose case and accents (Déjà = deja, Straße = strasse). Then only the endings go that cost
little where they do not belong: plural -s, -ing and -ed after three letters with a vowel, final -e, doubled
last letters (reports = report, cancelled = canceling = cancel, saving = save, Informes = informe).
Scripts without spaces (Chinese, Japanese, Korean, Thai) are compared letter by letter.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from whoosh.analysis import Token, Tokenizer

VERSION = 2
"""An index that was made with another version is made anew."""

LONGEST_WORD = 40

_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_MARKS = "".join(chr(c) for c in range(0x300, 0x1E00) if unicodedata.category(chr(c)).startswith("M"))
# A letter with its marks; Python's \w leaves out the vowel signs of many scripts.
_WORD = re.compile(f"[{_UNSPACED}][{_MARKS}]*|(?:[^\\W_{_UNSPACED}][{_MARKS}]*)+(?:['’](?=[^\\W_])[^\\W_]+)?")
_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_VOWEL = re.compile("[aeiouy]")


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word of `text` begins and ends, and the term that stands for it."""
    for found in _WORD.finditer(text):
        term = term_of(found.group())
        if term:
            yield found.start(), found.end(), term


@lru_cache(maxsize=50_000)
def term_of(word: str) -> str:
    """The term that stands for a word; "" when nothing of it is left."""
    return _stem(fold(word))[:LONGEST_WORD]


def fold(word: str) -> str:
    """The word without case, accents and possessive ending."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold()))
    plain = unicodedata.normalize("NFC", plain).translate(_LETTERS)
    return re.split("['’]", plain)[0] or plain


def _stem(word: str) -> str:
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3 and _VOWEL.search(stem) and not word.endswith("eed"):
            word = stem
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return f"{word[:-1]}i" if len(word) > 3 and word.endswith("y") else word


class Words(Tokenizer):
    """The same words, as Whoosh wants them."""

    def __call__(
        self, value: str, positions: bool = False, mode: str = "", **_options: Any
    ) -> Iterator[Token]:
        token = Token(positions, False, removestops=False, mode=mode)
        for position, (_start, _end, term) in enumerate(words(value)):
            token.text = term
            token.boost = 1.0
            token.stopped = False
            token.pos = position
            yield token
