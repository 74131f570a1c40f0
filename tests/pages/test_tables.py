"""Cells that leave for a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tables import FORMULA, guarded, write_csv


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1"])
def test_a_text_that_could_run_is_guarded(cell):
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", [-5, 2.5, True, "a=b", "", "Ines", "2026-01-01"])
def test_numbers_and_plain_texts_stay(cell):
    assert guarded(cell) is cell


@given(st.text())
def test_no_text_begins_like_a_formula(text):
    assert not guarded(text).lstrip(" ").startswith(FORMULA)


def test_a_table_is_read_back_as_it_was():
    file = io.StringIO(newline="")
    rows = [["Ines, Duarte", 3, None], ['say "hi"\nto all', -1, "=1"]]
    assert write_csv(file, ["name", "points", "note"], rows) == 2
    text = file.getvalue().removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["name", "points", "note"],
        ["Ines, Duarte", "3", ""],
        ['say "hi"\nto all', "-1", "'=1"],
    ]
