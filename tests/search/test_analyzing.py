"""Which words count as the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.analyzing import LONGEST_WORD, term_of, words

SAME = [
    "report reports Report REPORTS",
    "export exports exported exporting",
    "cancel cancels cancelled canceled cancelling",
    "save saves saved saving",
    "query queries",
    "movie movies",
    "address addresses",
    "Déjà deja",
    "Straße strasse STRASSE",
    "Łódź lodz",
    "informe informes",
    "user user's user’s",
    "cafe\u0301 café",
]
DIFFERENT = ["string str", "need ne", "status stat", "red r", "new ne", "bus bu", "speed spe"]


def terms(text):
    return [term for _start, _end, term in words(text)]


@pytest.mark.parametrize("line", SAME)
def test_these_are_the_same_word(line):
    assert len(set(terms(line))) == 1


@pytest.mark.parametrize("line", DIFFERENT)
def test_these_are_not(line):
    assert len(set(terms(line))) == len(line.split())


def test_words_end_where_letters_end():
    assert terms("PDF-export (2.4.1), foo_bar") == ["pdf", "export", "2", "4", "1", "foo", "bar"]


def test_scripts_without_spaces_are_compared_letter_by_letter():
    assert terms("日本語 テキスト") == list("日本語テキスト")


def test_vowel_signs_belong_to_their_word():
    assert terms("हिन्दी में") == ["हिन्दी", "में"]


@given(st.text(max_size=200))
def test_any_text_has_words_that_stand_where_they_say(text):
    for start, end, term in words(text):
        assert 0 <= start < end <= len(text)
        assert 0 < len(term) <= LONGEST_WORD
        assert term == term_of(text[start:end])
