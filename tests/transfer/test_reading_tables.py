"""Tables are read whatever holds them; what is none, or a trap, is refused with file, row and column."""

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.transfer.opening import Unsafe
from portal.transfer.tables import parsing, separating, unfolding, unpacking
from portal.transfer.tables.checking import BadValue, Fields
from portal.transfer.tables.describing import LONGEST_ROW
from portal.transfer.tables.mapping import plain_name
from portal.transfer.tables.opening import tables_in

HEADING = "id,title,votes\n"


@pytest.fixture
def file(tmp_path):
    def write(content, name="table"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows(path):
    """All rows of all tables of a file: where each stands, and what."""
    return [row for table in tables_in([path]) for row in table.read(lambda _bytes: None)]


def refused(path):
    with pytest.raises(Unsafe) as refusal:
        rows(path)
    return str(refusal.value)


# -- Encodings ------------------------------------------------------------------------------------------

WORDS = "id;title\n1;café – „schön“\n"


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_an_encoding_is_found_by_what_is_in_the_file(file, encoding, says):
    (table,) = tables_in([file(WORDS.encode(encoding))])
    assert [values for _where, values in table.read(lambda _bytes: None)] == [
        {"id": "1", "title": "café – „schön“"}
    ]
    assert table.says == f"table is {says}, with a semicolon between the columns."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"\xef\xbb\xbfid,title\n1,a\n2,caf\xe9\n",
            "line 3: this is not UTF-8, although the file begins as if it were",
        ),
        ("id,title\n1,schön\n".encode() + b"2,caf\xe9\n", "line 3: this is not UTF-8, and other lines are"),
        (b"id,title\n1,a\n2,\x81\x8d\n", "line 3: this is neither UTF-8 nor Windows-1252"),
        (b"id,title\n1,a\n2,\x00\n", "line 3: there is a NUL"),
        (b"\xff\xfei\x00d\x00,\x00t\x00\n\x00\x00\xd8", "line 2: this is not UTF-16"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(file, content, says):
    assert says in refused(file(content))


def test_a_letter_between_two_pieces_is_read_whole(file):
    text = "id,title\n" + "".join(f"{n},ö{'x' * n}\n" for n in range(2000))
    assert [values["title"] for _w, values in rows(file(text))] == [f"ö{'x' * n}" for n in range(2000)]


# -- Separators -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(file, separator):
    heading, row = ["id", "title", "body"], ["1", "a", '"b, c; d | e\ttext"']
    assert rows(file(f"{separator.join(heading)}\n{separator.join(row)}\n")) == [
        ("line 2", {"id": "1", "title": "a", "body": "b, c; d | e\ttext"})
    ]


def test_a_spreadsheet_s_word_for_it_counts(file):
    assert rows(file("sep=|\nid|ti,t,le\n1|a,b,c,d\n")) == [("line 3", {"id": "1", "ti_t_le": "a,b,c,d"})]


def test_quoted_line_ends_belong_to_the_cell_and_lines_are_counted(file):
    text = HEADING + '1,"two\r\nlines, ""quoted""",3\r\n\r\n2,b,4\n'
    assert rows(file(text)) == [
        ("line 2", {"id": "1", "title": 'two\r\nlines, "quoted"', "votes": "3"}),
        ("line 5", {"id": "2", "title": "b", "votes": "4"}),
    ]


def test_a_short_row_is_empty_at_its_end_and_a_long_one_is_odd(file):
    assert rows(file(HEADING + "1,a\n1,a,3,,\n1,a,3,x\n")) == [
        ("line 2", {"id": "1", "title": "a"}),
        ("line 3", {"id": "1", "title": "a", "votes": "3"}),
        ("line 4", {"id": "1", "title": "a", "votes": "3", "": "4 cells, and the heading has 3"}),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEADING + '1,"open\n2,b,3\n', "the row from line 2 on, column 2: a quotation mark"),
        (HEADING + '1,"a"b,3\n', "the row from line 2 on, column 2: a quotation mark"),
        (HEADING + "1," + "x" * 1_000_001 + ",3\n", "line 2, column 2: the cell has 1,000,001 characters"),
        (HEADING + "1," + "x" * LONGEST_ROW + ",3\n", "line 2, column 2: the line has more than"),
        (HEADING + "," * 1_000_000 + "\n", "line 2, column 501: the row has 1,000,001 columns"),
        ("," * 1_000_000 + "\n", "line 1, column 501: the row has 1,000,001 columns"),
        ("id,title,Title\n1,a,b\n", "line 1: two columns are called 'title'"),
        (",,\n, \n", "has no heading"),
        ("", "is empty"),
        (b"\xd0\xcf\x11\xe0 old", "is no table. Save it as CSV"),
        (b"%PDF-1.7", "is no table"),
    ],
)
def test_a_table_that_is_a_trap_is_refused_with_row_and_column(file, content, says):
    assert says in refused(file(content))


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x1a"), max_size=20)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8),
    st.sampled_from(list(separating.SEPARATORS)),
)
def test_whatever_a_program_wrote_comes_back(tmp_path_factory, table, separator):
    path = tmp_path_factory.mktemp("csv") / "t"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=separator)
        writer.writerow(["id", "title", "body"])
        writer.writerows(table)
    there = [dict(zip(("id", "title", "body"), cells, strict=True)) for cells in table if any(cells)]
    assert [values for _where, values in rows(path)] == there


def test_memory_does_not_grow_with_the_table(file):
    path = file(HEADING + "".join(f"{n},{'title ' * 20}{n},{n}\n" for n in range(60_000)))
    (table,) = tables_in([path])
    tracemalloc.start()
    count = sum(1 for _row in table.read(lambda _bytes: None))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 60_000
    assert most < 1_000_000


def test_the_bytes_that_are_told_add_up(file):
    path = file(HEADING + "".join(f"{n},title {n},{n}\n" for n in range(5_000)))
    (table,) = tables_in([path])
    told = []
    assert len(list(table.read(told.append))) == 5_000
    assert 0.9 * table.size <= sum(told) <= table.size


# -- Workbooks ------------------------------------------------------------------------------------------


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


# -- JSON -----------------------------------------------------------------------------------------------


def test_a_file_of_far_too_many_lists_or_names_is_refused(file):
    lists = json.dumps({f"list{n}": [{"id": n}] for n in range(101)})
    assert "100 lists are the most of a file" in refused(file(lists))
    names = json.dumps([{f"name{n}": n} for n in range(501)])
    assert "item 501: 500 columns are the most, and each name of a field is one" in refused(file(names))


def test_lists_of_objects_are_tables(file):
    content = {
        "hasMore": False,
        "posts": [{"id": "a", "author": {"name": "Jo"}, "tags": ["x"]}],
        "votes": [{"id": 1}],
    }
    path = file(json.dumps(content))
    assert [table.name for table in tables_in([path])] == ["posts", "votes"]
    assert rows(path) == [
        ("posts 1", {"id": "a", "author_name": "Jo", "tags": ["x"]}),
        ("votes 1", {"id": 1}),
    ]


@pytest.mark.parametrize("text", ['[{"a": 1}, {"a": 2}]', '{"a": 1}\n{"a": 2}\n', ' \n[{"a":1}\n,\n{"a":2}]'])
def test_a_bare_list_and_an_object_a_line_are_tables(file, text):
    assert [values for _w, values in rows(file(text))] == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * 100_000, "item 1: it is nested too deep"),
        ('[{"a": ' + "[" * 100_000, "item 1: it is nested too deep"),
        ('[{"a": 1}, {"a": ', "item 2: it is no JSON"),
        ('{"posts": [{"a": 1}', "it ends in the middle"),
        ('{"posts": [1, 2]}', "posts 1: there is no object, but '1'"),
        ('[{"a": NaN}]', "item 1: it is no JSON"),
        ('[{"a": ' + "9" * 5000 + "}]", "item 1: it is no JSON"),
        ("[" + json.dumps({str(n): n for n in range(600)}) + "]", "item 1: 500 fields are the most"),
        ('[{"a": "' + "x" * (LONGEST_ROW + 200_000) + '"}]', "item 1: it has more than"),
    ],
)
def test_json_that_is_a_trap_is_refused_with_the_object(file, text, says):
    assert says in refused(file(text))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text('ab_{[":', min_size=1), each, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), JSON, min_size=1), min_size=1, max_size=5),
    st.integers(1, 40),
)
def test_the_stream_reads_what_the_parser_reads(tmp_path_factory, monkeypatch_piece, objects, piece):
    path = tmp_path_factory.mktemp("json") / "t"
    path.write_text(json.dumps({"v": 1, "posts": objects}))
    monkeypatch_piece(piece)
    stream = parsing.Stream(path)
    assert [item for _name, _number, item in stream.items()] == objects
    assert stream.facts == {"v": 1}


@pytest.fixture(scope="module")
def monkeypatch_piece():
    before = parsing.PIECE

    def cut(size):
        parsing.PIECE = size

    yield cut
    parsing.PIECE = before


# -- Values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["ideaTitle", "Idea title", "idea.title", " IDEA_TITLE* ", "\ufeffidea-title"]
)
def test_a_column_is_known_however_it_is_written(name):
    assert plain_name(name) == "idea_title"


def moment(text, dates=""):
    return Fields({"at": text}, {}, dates).moment("at")


@pytest.mark.parametrize(
    ("text", "dates", "means"),
    [
        ("2024-01-31", "", datetime(2024, 1, 31, tzinfo=UTC)),
        ("2024-01-31 20:05:12 UTC", "", datetime(2024, 1, 31, 20, 5, 12, tzinfo=UTC)),
        ("2024-01-31 20:05:12 +0100", "", datetime(2024, 1, 31, 19, 5, 12, tzinfo=UTC)),
        ("2024-01-31T20:05:12.5Z", "", datetime(2024, 1, 31, 20, 5, 12, 500_000, tzinfo=UTC)),
        ("31/01/2024", "dd/mm/yyyy", datetime(2024, 1, 31, tzinfo=UTC)),
        ("01/02/2024 08:00", "mm/dd/yyyy", datetime(2024, 1, 2, 8, tzinfo=UTC)),
        ("", "", None),
    ],
)
def test_dates_are_read_as_they_were_meant(text, dates, means):
    assert moment(text, dates) == means


@pytest.mark.parametrize(
    "text",
    [
        "01/02/2024",
        "2024-02-30",
        "yesterday",
        "0001-01-01",
        "9999-12-31",
        "1700000000",
        "2024-01-31 25:00",
        "٢٠٢٤-٠١-٠١",
    ],
)
def test_no_date_is_guessed(text):
    with pytest.raises(BadValue):
        moment(text)


@pytest.mark.parametrize(
    "text", ["x@", "@x.example", "a b@c.example", "a@b", "<a@b.example>", "a@b.example, c@d.example"]
)
def test_what_is_no_mail_address_is_refused(text):
    with pytest.raises(BadValue):
        Fields({"m": text}, {}).mail("m")


@pytest.mark.shared
def test_the_given_bad_table_is_refused_with_its_line(shared):
    path = shared / "data/hostile/files/csv-ideas-bad.csv"
    assert "csv-ideas-bad.csv, line 3: this is not UTF-8" in refused(path)


@pytest.mark.shared
def test_the_given_bomb_is_refused(shared):
    assert "would unpack to" in refused(shared / "data/hostile/files/zip-100MB-zeros.zip")


@pytest.mark.shared
def test_given_formulas_come_in_as_text(shared, file):
    cases = [each["value"] for each in json.loads((shared / "data/hostile/csv/cases.json").read_text())]
    kept = [each for each in cases if "\0" not in each]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["id", "title"], *([n, each] for n, each in enumerate(kept))])
    assert [values["title"] for _w, values in rows(file(stream.getvalue()))] == kept
