"""The same rows are the same file, and hostile words run nowhere."""

import json
from datetime import UTC, datetime

import pytest

from portal.database import db
from portal.errors import Conflict
from portal.transfer import exporting
from portal.transfer.building import Export
from portal.transfer.narrowing import Choice
from portal.transfer.rows.listing import KINDS
from portal.voting import casting
from tests.transfer.building.only import one

HOSTILE = ["=cmd|' /C calc'!A0", "@SUM(1,1)", "+1", "-1", "\t=1", " =1", "＝1", 'a";b,c\nd', "é\u202e\x07", "</script>", "", "{{7*7}}"]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_hostile_words_come_back_and_run_nowhere(make, take, cast, kind):
    cells = [each for each in HOSTILE if each.strip()]
    board = make.board(name="=board()")
    for words in cells:
        person = make.person(name=words, company=make.company(name=words, segment=words, owner=words))
        idea = make.idea(title=words, body=words, board=board, author=person)
        casting.cast(idea, by=person)
    db.session.commit()
    for rows in KINDS:
        every = tuple(each.name for each in KINDS[rows].columns())
        (found,) = take(Export(rows, kind, every)).values()
        assert len(found) == len(cells)
        texts = [cell for row in found for cell in row.values() if isinstance(cell, str)]
        if kind != "json":
            assert [cell for cell in texts if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))] == []
        name = {"ideas": "title", "votes": "idea_title", "voters": "ideaTitle", "companies": "company"}[rows]
        back = {row[name].removeprefix("'") for row in found}
        assert back == set(cells) or kind == "xlsx"
        assert len(back) == len(cells)


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_given_formulas_run_in_no_spreadsheet(make, take, shared, kind):
    cases = json.loads((shared / "data/hostile/csv/cases.json").read_text())
    board, author = make.board(), make.person()
    for case in cases:
        # A NUL never gets as far as the database.
        words = case["value"].replace("\0", "\ufffd")
        make.idea(title=words[:300], body=words, board=board, author=author)
    rows = one(take(Export("ideas", kind)))
    assert len(rows) == len(cases)
    for row in rows:
        for cell in (row["title"], row["description"]):
            assert not str(cell or "").lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("rows", ["both", *KINDS])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_same_rows_make_the_same_file(idea, tmp_path, cast, rows, kind):
    files = []
    for turn in range(2):
        (tmp_path / str(turn)).mkdir()
        path, _ = exporting.packed(
            Export(rows, kind), viewer=cast.product_manager, folder=tmp_path / str(turn)
        )
        files.append(path.read_bytes())
        assert [each.name for each in (tmp_path / str(turn)).iterdir()] == [path.name]
    assert files[0] == files[1]


def test_json_has_numbers_as_numbers_and_nothing_as_null(idea, take):
    (row,) = one(take(Export("ideas", "json")))
    assert (row["votes_count"], row["response"], row["original_number"]) == (3, None, None)
    assert datetime.fromisoformat(row["created_at"]).tzinfo == UTC
    both = take(Export("both", "json"))
    assert list(both) == ["ideas", "votes"]
    assert both["votes"][0]["revenue"] == 120000
    assert one(take(Export("ideas", "json", choice=Choice(top=1, status="parked")))) == []


def test_a_workbook_that_cannot_hold_all_rows_is_not_made(idea, take, monkeypatch, tmp_path):
    monkeypatch.setattr(exporting, "MOST_ROWS", 2)
    with pytest.raises(Conflict, match="Take CSV"):
        take(Export("votes", "xlsx"))
    assert list(tmp_path.iterdir()) == []
