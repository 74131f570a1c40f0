"""The index finds what was put into it, survives damage, and says when it cannot answer."""

import shutil

import pytest

from portal.search import matching
from portal.search.asking import ask
from portal.search.filling import Document
from portal.search.index import Index, NoIndex


def ids(found):
    return [hit.id for hit in found.hits]


def test_titles_count_more_than_texts(index, put):
    put(1, title="Something else", text="We want offline mode in the field")
    put(2, title="Offline mode", text="In the field")
    assert ids(index.search(ask("offline"))) == [2, 1]


def test_all_words_must_be_there_and_else_some(index, put):
    put(1, title="Export reports")
    put(2, title="Import reports")
    found = index.search(ask("export reports"))
    assert (ids(found), found.loosened) == ([1], False)
    found = index.search(ask("export calendars reports"))
    assert (ids(found)[0], len(found.hits), found.loosened) == (1, 2, True)


def test_phrases_and_words_left_out(index, put):
    put(1, text="the mode is offline")
    put(2, text="the offline mode is on")
    assert ids(index.search(ask('"offline mode"'))) == [2]
    assert ids(index.search(ask("offline -on"))) == [1]


def test_an_author_is_found_by_name(index, put):
    put(1, text="Something", author="Ines Duarte")
    assert ids(index.search(ask("duarte"))) == [1]


def test_kinds_narrow(index, put):
    for number, kind in enumerate(matching.KINDS):
        put(number, text="offline", kind=kind)
    assert ids(index.search(ask("offline"), kinds=["topic"])) == [1]
    assert sorted(ids(index.search(ask("offline"), kinds=["idea", "post"]))) == [0, 2]
    assert index.counts() == {"idea": 1, "topic": 1, "post": 1}


def test_an_update_replaces_and_a_deletion_removes(index, put):
    put(1, text="first words", stamp="a")
    put(1, text="second words", stamp="b")
    [hit] = index.search(ask("words")).hits
    assert (hit.text, hit.stamp, hit.kind) == ("second words", "b", "idea")
    assert not index.search(ask("first")).hits
    with index.writing() as batch:
        batch.delete("idea", 1)
        batch.delete("idea", 2)
    assert not index.search(ask("words")).hits


def test_nothing_is_written_when_the_block_fails(index, put):
    put(1, text="as it was")
    document = Document("idea", 1, "", "as it should not become", "", "")

    def write_and_fail():
        with index.writing() as batch:
            batch.update(document)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert ids(index.search(ask("was"))) == [1]
    put(2, text="and it can be written again")


def test_a_common_word_is_not_required_beside_a_rare_one(index, monkeypatch):
    monkeypatch.setattr(matching, "FEW", 10)
    with index.writing() as batch:
        for number in range(50):
            batch.update(Document("idea", number, "", "the report", "", ""))
        batch.update(Document("idea", 99, "", "forecasts", "", ""))
    assert ids(index.search(ask("the forecasts"))) == [99]
    assert len(index.search(ask("the report"), limit=20).hits) == 20


def test_a_slow_search_ends_with_what_it_has(index):
    with index.writing() as batch:
        for number in range(300):
            batch.update(Document("idea", number, "", "the report", "", ""))
    found = index.search(ask("report"), seconds=-1)
    assert found.partial
    assert not index.search(ask("report")).partial


def test_a_new_index_takes_the_place_of_the_old_one_at_once(index, put):
    put(1, text="old")
    with index.replacing() as batch:
        batch.update(Document("idea", 2, "", "new", "", ""))
        assert ids(index.search(ask("old"))) == [1]
    assert not index.search(ask("old")).hits
    assert ids(index.search(ask("new"))) == [2]
    assert len([each for each in index._folder.iterdir() if each.is_dir()]) == 1


def test_a_replacement_that_fails_leaves_the_old_one(index, put):
    put(1, text="old")

    def replace_and_fail():
        with index.replacing():
            raise RuntimeError

    with pytest.raises(RuntimeError):
        replace_and_fail()
    assert ids(index.search(ask("old"))) == [1]


def test_without_an_index_it_says_so(tmp_path):
    missing = Index(tmp_path / "nowhere")
    assert not missing.is_sound()
    for ask_it in (lambda: missing.search(ask("x1")), missing.counts, missing.size):
        with pytest.raises(NoIndex):
            ask_it()


def test_an_index_of_an_older_version_counts_as_none(index, monkeypatch):
    monkeypatch.setattr("portal.search.index.VERSION", 99)
    assert not index.is_sound()
    with pytest.raises(NoIndex):
        index.search(ask("x1"))


@pytest.mark.parametrize("harm", ["garbage", "cut", "gone"])
def test_damage_is_noticed_and_said(index, put, harm):
    put(1, text="offline mode")
    for path in index._place().glob("MAIN_*"):
        if harm == "gone":
            path.unlink(missing_ok=True)
        elif path.suffix == ".seg":
            data = path.read_bytes()
            path.write_bytes(b"\xff" * len(data) if harm == "garbage" else data[: len(data) // 2])
    fresh = Index(index._folder)
    with pytest.raises(NoIndex):
        fresh.search(ask("offline"))
    assert not fresh.is_sound()


def test_another_process_sees_what_was_written(index, put):
    other = Index(index._folder)
    assert not other.search(ask("offline")).hits
    put(1, text="offline")
    assert ids(other.search(ask("offline"))) == [1]
    shutil.rmtree(index._folder)
    with pytest.raises(NoIndex):
        other.search(ask("offline"))


def test_similar_shares_the_telling_words(index, put):
    put(1, title="Export reports to PDF", text="for the board")
    put(2, title="Dark mode", text="easier on the eyes")
    put(3, title="Something else", text="export reports to pdf somewhere in the text")
    put(4, title="PDF export", kind="post")
    near = index.similar("PDF export of reports", kinds=["idea", "topic"], limit=5)
    assert [hit.id for hit in near] == [1, 3]
    assert not index.similar("Calendar view", kinds=["idea"], limit=5)
    assert not index.similar("", kinds=["idea"], limit=5)
