"""Likely duplicates of a title: in other words, in compounds, in any state, and only what may be seen."""

import json
from pathlib import Path

import pytest

from portal.ideas import deciding
from portal.ideas.models import Status
from portal.search import resembling, stemming
from portal.search.filling import Document
from portal.search.suggesting import likely, suggest

DATA = Path(__file__).parent / "data"
KINDS = ("idea", "topic")


@pytest.fixture
def near(index):
    """`near("title")`: ids of what resembles it, nearest first."""
    return lambda title, limit=5: [hit.id for hit in index.similar(title, kinds=KINDS, limit=limit)]


def test_nine_of_ten_paraphrases_find_what_they_say_again(index, near):
    pairs = [pair for each in json.loads((DATA / "paraphrases.json").read_text()).values() for pair in each]
    others = json.loads((DATA / "others.json").read_text())
    with index.replacing() as batch:
        for number, title in enumerate([first for first, _ in pairs] + others):
            batch.update(Document("idea", number, title, title, "", ""))
    missed = [other for number, (_, other) in enumerate(pairs) if number not in near(other)]
    assert len(pairs) >= 40
    assert len(missed) <= len(pairs) // 10, missed


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("Terminerinnerung", "Erinnerung an Termine"),
        ("Erinnerung an Termine", "Terminerinnerungen"),
        ("Änderungen der Verfügbarkeiten", "Aenderung der Verfuegbarkeit"),
        ("Exporter les congés", "export des congés"),
        ("Напоминание о встрече", "напоминания о встречах"),
        ("Timeline of an order", "Order time line"),
        ("Sign in with a key", "Login by key"),
    ],
)
def test_a_word_is_found_in_its_other_forms(put, near, kept, typed):
    put(1, title=kept)
    put(2, title="Something else entirely")
    assert near(typed) == [1]


def test_the_closer_title_stands_first(put, near):
    put(1, title="Dark mode for the app, the calendar, the reports and everything else there is")
    put(2, title="Dark mode")
    put(3, title="Mode of transport")
    assert near("Dark mode")[:2] == [2, 1]


def test_one_shared_word_of_many_is_no_likeness(put, near):
    put(1, title="Print the schedule")
    assert near("Schedule messages to customers in advance by text") == []


def test_a_text_is_of_the_language_of_most_of_its_stop_words():
    assert stemming.language_of("Der Export und die Liste sind nicht da") == "de"
    assert stemming.language_of("The list is not there") == "en"
    assert stemming.language_of("xyzzy") == ""


def test_reading_is_bounded_however_common_the_words_are(index, monkeypatch):
    monkeypatch.setattr(resembling, "POSTINGS", 50)
    with index.replacing() as batch:
        for number in range(300):
            batch.update(Document("idea", number, f"Export list {'calendar' * (number == 7)}", "", "", ""))
    assert next(hit.id for hit in index.similar("export calendar list", kinds=KINDS, limit=5)) == 7


def test_ideas_of_every_status_and_what_was_answered(as_, cast, make, sought, at_most):
    board = make.board()
    declined = make.idea(board=board, title="Offline mode", status="declined")
    deciding.answer(declined, by=cast.product_manager, body="**Not** this year.", status=Status.DECLINED)
    open_idea = make.idea(board=board, title="An offline mode")
    solved = make.topic(title="Offline mode?", solved_at=declined.created_at)
    make.topic(title="Offline mode, anyone?")
    sought()
    browser = as_(cast.other_customer)
    with at_most(queries=6):
        page = browser.htmx("GET", "/search/similar?title=Offline+mode").text
    assert "Not this year." in page
    assert "Declined" in page
    assert f'hx-put="/ideas/{open_idea.id}/vote"' in page
    assert page.index("Offline mode?") < page.index("Offline mode, anyone?")
    assert f"topic:{solved.id}" in page
    assert 'hx-put="' not in as_(None).htmx("GET", "/search/similar?title=Offline+mode").text


def test_only_what_says_just_that_stops_a_post(app, cast, make, sought):
    idea = make.idea(title="Offline mode for field visits")
    index = sought()
    assert [each.id for each in likely(index, cast.customer, "Offline mode for visits").things] == [idea.id]
    assert not likely(index, cast.customer, "Offline maps of the world")
    assert suggest(index, cast.customer, "Offline maps on visits")
