"""Whatever is typed is a question or none, and never an error."""

from hypothesis import given
from hypothesis import strategies as st

from portal.search.asking import MOST_WORDS, Question, ask


def test_words_phrases_and_words_to_leave_out():
    question = ask('Exporting "offline mode" reports -drafts -"old stuff"')
    assert question == Question(("export", "report"), (("offlin", "mod"),), ("draft", "old"))
    assert question.all_terms == {"export", "report", "offlin", "mod"}


def test_a_phrase_of_one_word_and_an_open_one():
    assert ask('"exports"').terms == ("export",)
    assert ask('"offline mode').phrases == (("offlin", "mod"),)


def test_a_word_in_two_pieces_is_two_words():
    assert ask("PDF-export").terms == ("pdf", "export")


def test_nothing_to_ask():
    for text in ["", "   ", "-", '"', '""', "-x", "***", "( ) [ ]", "\x00"]:
        assert not ask(text)


def test_only_so_many_words_count():
    assert len(ask(" ".join(f"word{n}" for n in range(100))).terms) == MOST_WORDS


@given(st.text(max_size=400))
def test_any_text_can_be_asked(text):
    question = ask(text)
    assert len(question.all_terms) <= MOST_WORDS * 4
