"""Product managers take out ideas and votes: complete, guarded, and written down."""

import csv
import errno
import io
import json
import os
import tempfile
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import clock, tables
from portal.accounts.models import Stranger
from portal.activity.models import Entry
from portal.database import db
from portal.ideas import deciding
from portal.ideas.models import Status
from portal.transfer import exporting
from portal.transfer.collecting import IDEA_COLUMNS, VOTE_COLUMNS, Choice
from portal.voting import casting

FIDER = [
    "number",
    "title",
    "description",
    "created_at",
    "created_by",
    "votes_count",
    "comments_count",
    "status",
    "responded_by",
    "responded_at",
    "response",
    "original_number",
    "original_title",
    "tags",
]


@pytest.fixture
def idea(make, cast):
    """Wanted by three people of two companies; answered; with a title that a spreadsheet would run."""
    idea = make.idea(author=cast.customer, title="=2+5|calc", board=make.board(name="Mobile"))
    colleague = make.person(name="Col League", company=cast.company)
    for person in (cast.customer, cast.other_customer, colleague):
        casting.cast(idea, by=person)
    deciding.answer(idea, by=cast.product_manager, body="We plan it.", status=Status.PLANNED)
    db.session.commit()
    return idea


def written(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def export(tmp_path, choice=None, kind="csv", viewer=None):
    path = tmp_path / f"ideas.{kind}"
    exporting.export(choice or Choice(), format=kind, viewer=viewer or Stranger(), by=None, path=path)
    db.session.commit()
    return path


def test_fider_s_columns_come_first():
    assert list(IDEA_COLUMNS[:14]) == FIDER


def test_an_idea_is_there_with_its_three_numbers(idea, tmp_path):
    (row,) = written(export(tmp_path))
    assert row["title"] == "'=2+5|calc"
    assert (row["votes_count"], row["people"], row["accounts"]) == ("3", "3", "2")
    assert row["revenue_at_stake"] == "129000.00 EUR"
    assert (row["status"], row["responded_by"], row["response"]) == ("planned", "Mira Kovač", "We plan it.")
    assert row["responded_at"] == row["last_staff_word_at"]
    assert row["created_at"].endswith("Z")


def test_every_vote_is_there_with_voter_and_company(idea, tmp_path, cast):
    votes = written(exporting.votes_beside(export(tmp_path)))
    assert [row["voter"] for row in votes] == ["Ines Duarte", "Tomas Lind", "Col League"]
    assert votes[0]["company"] == "Northwind Utilities"
    assert votes[0]["voter_email"] == cast.customer.email
    assert {row["idea_number"] for row in votes} == {str(idea.id)}


def test_the_workbook_has_both_sheets(idea, tmp_path):
    book = openpyxl.load_workbook(export(tmp_path, kind="xlsx"))
    assert book.sheetnames == ["Ideas", "Votes"]
    assert [cell.value for cell in book["Ideas"][1]] == list(IDEA_COLUMNS)
    assert [cell.value for cell in book["Votes"][1]] == list(VOTE_COLUMNS)
    assert book["Ideas"]["B2"].value == "'=2+5|calc"
    assert book["Ideas"]["B2"].data_type == "s"
    assert book["Ideas"]["F2"].value == 3


def test_tallies_without_voters_stand_apart(make, tmp_path):
    make.idea(imported_up=5, imported_down=2)
    (row,) = written(export(tmp_path))
    assert (row["votes_count"], row["people"], row["imported_votes"], row["imported_votes_against"]) == (
        "5",
        "0",
        "5",
        "2",
    )


def test_hidden_ideas_never_leave(make, tmp_path):
    make.idea(hidden_at=clock.now(), hidden_reason="Spam")
    assert written(export(tmp_path)) == []


def test_filters_narrow_and_the_most_wanted_come_first(make, tmp_path):
    board = make.board(name="Mobile")
    for score in (1, 3, 2):
        make.idea(board=board, title=f"Wanted {score}", imported_up=score)
    make.idea(title="Elsewhere", imported_up=9)
    old = make.idea(board=board, title="Old", created_at=datetime(2020, 1, 1, tzinfo=UTC))

    def titles(**choice):
        return [row["title"] for row in written(export(tmp_path, Choice(**choice)))]

    assert titles(board="Mobile", top=2) == ["Wanted 3", "Wanted 2"]
    assert titles(board=str(old.board_id), since=date(2025, 1, 1)) == ["Wanted 3", "Wanted 2", "Wanted 1"]
    assert titles(status="shipped") == []


def test_the_command_writes_files_and_the_journal_says_who_took_what(idea, run, tmp_path, rows):
    said = run(
        "transfer", "export", "ideas", "--format", "csv", "--output", str(tmp_path / "i.csv"), "--top", "5"
    )
    assert said.exit_code == 0, said.output
    assert "1 ideas are in" in said.output
    entry = db.session.query(Entry).filter_by(kind="ideas_exported").one()
    assert entry.data == {"format": "csv", "filters": {"top": 5}, "ideas": 1, "people": 3}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--board", "Nowhere"], "There is no board 'Nowhere'. There are: Mobile."),
        (["--status", "done"], "There are: open, under_review, planned"),
    ],
)
def test_a_filter_that_means_nothing_names_what_there_is(idea, run, tmp_path, words, says):
    path = tmp_path / "i.csv"
    said = run("transfer", "export", "ideas", "--format", "csv", "--output", str(path), *words)
    assert said.exit_code == 1
    assert says in said.output
    assert not path.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_place_that_cannot_be_written_leaves_nothing_behind(idea, run, tmp_path, rows, kind):
    path = tmp_path / "no" / f"i.{kind}"
    said = run("transfer", "export", "ideas", "--format", kind, "--output", str(path))
    assert said.exit_code == 1
    assert f"{path} cannot be written: No such file or directory. Choose another place." in said.output
    assert rows(Entry, kind="ideas_exported") == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_disk_that_fills_up_is_said_and_nothing_of_it_stays(idea, run, tmp_path, rows, monkeypatch, kind):
    def full(*_any, **_more):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    place.mkdir()
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    # A workbook is written when it is closed, a table is moved there when it is complete.
    monkeypatch.setattr(*((zipfile.ZipFile, "write") if kind == "xlsx" else (Path, "replace")), full)
    said = run("transfer", "export", "ideas", "--format", kind, "--output", str(place / f"i.{kind}"))
    assert said.exit_code == 1
    assert "cannot be written" in said.output
    assert "No space left" in said.output
    assert rows(Entry, kind="ideas_exported") == 0
    assert [*place.iterdir(), *elsewhere.iterdir()] == []


def test_the_button_gives_product_managers_a_file(idea, as_, cast):
    browser = as_(cast.product_manager)
    assert "Export ideas" in browser.get("/exports/new").text
    sheet = browser.post("/exports/", data={"format": "xlsx"})
    assert sheet.headers["Content-Disposition"].startswith("attachment; filename=ideas-")
    assert openpyxl.load_workbook(io.BytesIO(sheet.data)).sheetnames == ["Ideas", "Votes"]
    packed = browser.post("/exports/", data={"format": "csv", "status": "planned"})
    assert zipfile.ZipFile(io.BytesIO(packed.data)).namelist() == ["ideas.csv", "ideas-votes.csv"]
    entries = db.session.query(Entry).filter_by(kind="ideas_exported", actor_id=cast.product_manager.id)
    assert [each.data["filters"] for each in entries.order_by(Entry.id)] == [{}, {"status": "planned"}]


def test_a_bad_filter_in_the_form_is_kept_and_explained(as_, cast):
    answer = as_(cast.product_manager).post("/exports/", data={"format": "csv", "top": "-3", "since": "soon"})
    assert answer.status_code == 422
    assert 'value="-3"' in answer.text
    assert "whole number" in answer.text


def test_a_page_of_ideas_costs_the_same_queries_for_many(make, at_most, tmp_path):
    for _ in range(30):
        make.idea()
    with at_most(queries=12):
        export(tmp_path)


CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_whatever_is_written_comes_back_and_no_cell_can_run(rows):
    file = io.StringIO(newline="")
    tables.write_csv(file, ("a", "b"), rows)
    back = list(csv.reader(io.StringIO(file.getvalue(), newline="")))[1:]
    for row, read in zip(rows, back, strict=True):
        for cell, shown in zip(row, read, strict=True):
            assert shown in (cell, f"'{cell}")
            assert not shown.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.shared
def test_every_given_formula_is_disarmed(shared):
    for case in json.loads((shared / "data/hostile/csv/cases.json").read_text()):
        cell = case.get("cell", case.get("value", case.get("input", "")))
        assert not str(tables.guarded(cell)).startswith(("=", "+", "-", "@", "\t", "\r")), case
