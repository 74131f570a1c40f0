"""Workbooks are tables, a sheet each; bombs and damaged ones are refused in little memory, with what to do instead."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from portal.transfer.tables import unfolding, unpacking
from portal.transfer.tables.opening import tables_in
from tests.transfer.reading import refused, rows


def workbook(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in sheets:
        sheet = book.create_sheet(name)
        for row in table:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_sheets_are_tables_and_a_workbook_needs_no_name(file):
    moment = datetime(2024, 1, 31, 20, 5, 12, tzinfo=UTC).replace(tzinfo=None)
    content = workbook(
        (
            "Ideas",
            [["id", "title", "at"], [1, "ä", moment], [None, None, None], [2.5, True, date(2024, 2, 1)]],
        ),
        ("Votes", [["idea", "voter"], [1, "a@b.example"]]),
        ("Empty", []),
    )
    path = file(content, "no name at all")
    assert [table.name for table in tables_in([path])] == [
        f"{path.name}, sheet Ideas",
        f"{path.name}, sheet Votes",
    ]
    assert rows(path) == [
        ("row 2", {"id": "1", "title": "ä", "at": "2024-01-31T20:05:12+00:00"}),
        ("row 4", {"id": "2.5", "title": "1", "at": "2024-02-01T00:00:00+00:00"}),
        ("row 2", {"idea": "1", "voter": "a@b.example"}),
    ]


def test_no_formula_is_worked_out(file):
    content = workbook(("S", [["id", "title"], [1, "=1+1"], [2, '=HYPERLINK("https://x.example")']]))
    assert [values["title"] for _w, values in rows(file(content))] == [
        "=1+1",
        '=HYPERLINK("https://x.example")',
    ]


def made(_how=zipfile.ZIP_DEFLATED, **members):
    """A workbook with these files in the place of its own."""
    stream = io.BytesIO()
    own = io.BytesIO(workbook(("S", [["id", "title"], [1, "a"]])))
    with zipfile.ZipFile(own) as book, zipfile.ZipFile(stream, "w", _how) as changed:
        for name in book.namelist():
            short = name.rpartition("/")[2].partition(".")[0]
            changed.writestr(name, members.pop(short, book.read(name)))
        for name, content in members.items():
            changed.writestr(name, content)
    return stream.getvalue()


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
TEXT = '<c t="inlineStr"><is><t>{}</t></is></c>'
WIDE = f'<row r="1">{TEXT.format("id")}</row><row r="7">{"<c><v>1</v></c>" * 600}</row>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + SHEET.format(
    "<row><c><v>&b;</v></c></row>"
)
LONG = f'<row r="1">{TEXT.format("id")}</row><row r="2">{TEXT.format("x7" * 600_000)}</row>'


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"sheet1": SHEET.format(WIDE)}, "sheet S, row 2, column 501: 500 columns are the most"),
        ({"sheet1": SHEET.format(LONG)}, "would unpack to"),
        ({"sheet1": LAUGHS}, "is damaged"),
        ({"sheet1": SHEET.format("<row><c><v>1</v>")}, "is damaged"),
        ({"sheet1": b"\0" * 30_000_000}, "would unpack to"),
        ({"../outside": "x"}, "leads out of it"),
        (
            {"sheet1": SHEET.format(f'<row r="1">{TEXT.format("id")}{TEXT.format("ID")}</row>')},
            "two columns are called 'id'",
        ),
        ({"sheet1": SHEET.format("")}, "There is no table in it"),
    ],
)
def test_a_workbook_that_is_a_trap_is_refused(file, members, says):
    assert says in refused(file(made(**members)))


def deep(levels, inside=""):
    return "<r>" * levels + inside + "</r>" * levels


def stored(**members):
    return made(_how=zipfile.ZIP_STORED, **members)


HEADING_ROW = f'<row r="1">{TEXT.format("id")}</row>'
BOMBS = {
    "nested cells": ({"sheet1": SHEET.format(f"{HEADING_ROW}<row><c t='inlineStr'><is>{deep(2_000)}</is></c></row>")},
                     "nested more than 64 deep"),
    "nested styles": ({"styles": f"<styleSheet>{deep(5_000)}</styleSheet>"}, "nested more than 64 deep"),
    "a row of nothing": ({"sheet1": SHEET.format(f"{HEADING_ROW}<row>{'<x/>' * 150_000}</row>")},
                         "row 2: it has more than 100,000 elements"),
    "nothing but other things": ({"sheet1": f"<worksheet>{'<x/>' * 11_000}</worksheet>"},
                                 "row 1: it has more than 10,000 elements"),
    "a long text": ({"sheet1": SHEET.format(f"{HEADING_ROW}<row><c>{'x' * 17_000_000}</c></row>")},
                    "row 2: it is larger than 16,000,000 bytes"),
    "large styles": ({"styles": f"<styleSheet>{'<xf/>' * 3_500_000}</styleSheet>"}, "would unpack to 17,"),
    "too many styles": ({"styles": f"<styleSheet><cellXfs>{'<xf/>' * 2_000}</cellXfs></styleSheet>"},
                        "its styles: 1,000 are the most"),
    "too many sheets": ({"workbook": f"<workbook>{'<sheet/>' * 300}</workbook>"}, "its sheets: 200 are the most"),
    "too many texts": ({"xl/sharedStrings.xml": f"<sst>{'<si/>' * 50_000}</sst>"}, "its texts: they take more than 1,000,000 bytes"),
    "too many rows": ({"sheet1": SHEET.format("<row/>" * 2_000)}, "its rows: 1,000 are the most"),
    "too many files": ({f"x{n}": "" for n in range(2_100)}, "holds more than 2,000 files"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_little_memory_and_the_sentence_says_what_to_do(file, name, monkeypatch):
    monkeypatch.setattr(unpacking, "MOST_BETWEEN", 10_000)
    monkeypatch.setattr(unfolding, "MOST_MEMORY", 1_000_000)
    monkeypatch.setattr(unfolding, "MOST_ROWS", 1_000)
    monkeypatch.setattr(unfolding, "MOST_STYLES", 1_000)
    members, says = BOMBS[name]
    path = file(stored(**members))
    tracemalloc.start()
    said = refused(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert says in said
    assert said.endswith("Save the sheet as CSV and bring that.")
    assert most < 60_000_000


def test_a_workbook_that_is_packed_oddly_or_damaged_is_refused(file):
    assert "packed as in no workbook" in refused(file(made(_how=zipfile.ZIP_LZMA)))
    content = bytearray(made())
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.getinfo("xl/worksheets/sheet1.xml")
    begins = sheet.header_offset + 30 + len(sheet.filename)
    content[begins : begins + sheet.compress_size] = b"\xff" * sheet.compress_size
    assert "is damaged" in refused(file(bytes(content)))


def test_a_zip_that_is_no_workbook_is_refused(file):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "b")
    assert "no workbook that can be read" in refused(file(stream.getvalue()))
    assert "no workbook that can be read" in refused(file(b"PK\x03\x04 cut off"))


@pytest.mark.shared
def test_the_given_bomb_is_refused(shared):
    assert "would unpack to" in refused(shared / "data/hostile/files/zip-100MB-zeros.zip")
