"""Text tables are read however they are written; what is none, or a trap, is refused with file, row and column."""

import csv
import io
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.transfer.tables import separating
from portal.transfer.tables.describing import LONGEST_ROW
from portal.transfer.tables.opening import tables_in
from tests.transfer.reading import refused, rows

HEADING = "id,title,votes\n"


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


@pytest.mark.shared
def test_the_given_bad_table_is_refused_with_its_line(shared):
    path = shared / "data/hostile/files/csv-ideas-bad.csv"
    assert "csv-ideas-bad.csv, line 3: this is not UTF-8" in refused(path)


@pytest.mark.shared
def test_given_formulas_come_in_as_text(shared, file):
    cases = [each["value"] for each in json.loads((shared / "data/hostile/csv/cases.json").read_text())]
    kept = [each for each in cases if "\0" not in each]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["id", "title"], *([n, each] for n, each in enumerate(kept))])
    assert [values["title"] for _w, values in rows(file(stream.getvalue()))] == kept
