"""A workbook (XLSX) as tables: one for each sheet, read as a stream, past everything but the values of the cells.

A workbook is a zip of XML. No formula is worked out: a cell says what the sheet showed last, or its formula as text.
"""

import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any

from portal.transfer.opening import Unsafe
from portal.transfer.tables.describing import LONGEST_CELL, MOST_COLUMNS, Advance, Row, Table
from portal.transfer.tables.mapping import plain_name
from portal.transfer.tables.unpacking import ADVICE, Part, about, tag, unpacked

BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
TEXTS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
MOST_SHEETS = 200
MOST_ROWS = 1_048_576
"""As many as a sheet has (Excel specifications and limits)."""
MOST_STYLES = 65_490
"""As many as a workbook has (the same)."""
MOST_MEMORY = 2**28
"""Bytes of all texts of a workbook, which it keeps apart from its sheets and which stay in memory."""
DAY_ZERO = {False: datetime(1899, 12, 30, tzinfo=UTC), True: datetime(1904, 1, 1, tzinfo=UTC)}
DATE_FORMATS = frozenset({*range(14, 23), 45, 46, 47})
"""Numbers of the formats of dates that every workbook has (ECMA-376, part 1, 18.8.30)."""
_DATE = re.compile(r"[ymdhs]", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_PLACE = re.compile(r"([A-Z]{1,3})\d*")


def tables(path: Path) -> list[Table]:
    """The sheets that have a heading. Raises Unsafe for what is damaged, a trap, or larger than a table."""
    book = _Book(path)
    found = [_table(path, book, name, member) for name, member in book.sheets()]
    return [each for each in found if any(each.titles)]


def _table(path: Path, book: "_Book", sheet: str, member: str) -> Table:
    name = f"{path.name}, sheet {sheet}"
    heading: dict[int, str] = next((cells for _n, cells in book.rows(name, member)), {})
    names = {place: plain_name(title) for place, title in heading.items() if plain_name(title)}
    twice = next((each for each in names.values() if list(names.values()).count(each) > 1), None)
    if twice:
        raise Unsafe(f"{name}: two columns are called {twice!r}, and nobody can tell which one counts.")

    def read(advance: Advance) -> Iterator[Row]:
        rows = book.rows(name, member, advance)
        next(rows, None)
        for number, cells in rows:
            values = {names[place]: cell for place, cell in cells.items() if place in names}
            if any(values.values()):
                yield f"row {number}", dict.fromkeys(names.values(), "") | values

    return Table(name, {names[place]: heading[place].strip() for place in names}, read, book.size_of(member))


def _at_most(elements: Iterator[Any], most: int, what: str) -> Iterator[Any]:
    for count, each in enumerate(elements, 1):
        if count > most:
            raise Unsafe(f"{what}: {most:,} are the most. {ADVICE}")
        yield each


class _Book:
    """A workbook; its texts, and which styles show dates, are read once, when a sheet is."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sheets(self) -> list[tuple[str, str]]:
        """Name and file of each sheet."""
        with unpacked(self._path) as book:
            there, found = set(book.namelist()), list[tuple[str, str]]()
            with about(book, RELATIONS) as stream:
                files = {
                    each.get("Id"): each.get("Target", "")
                    for each in self._few(stream, "Relationship", what="the files of its sheets")
                }
            with about(book, BOOK) as stream:
                for each in self._few(stream, "sheet", what="its sheets"):
                    key = next((value for name, value in each.attrib.items() if name.endswith("}id")), None)
                    target = PurePosixPath("xl", files.get(key, "").removeprefix("/xl/"))
                    if str(target) in there and "worksheets" in target.parts:
                        found.append((each.get("name", target.stem), str(target)))
        return found

    def size_of(self, member: str) -> int:
        """Bytes of a file in it, unpacked."""
        with unpacked(self._path) as book:
            return book.getinfo(member).file_size

    def rows(
        self, name: str, member: str, advance: Advance = lambda _bytes: None
    ) -> Iterator[tuple[int, dict[int, str]]]:
        """Number of each row that has something, and its cells by column (from 0)."""
        with unpacked(self._path, name) as book:
            sheet = _Sheet(name, self._texts, self._dates, self._zero)
            with book.open(member) as stream:
                yield from sheet.rows(stream, advance)

    def _few(self, stream: IO[bytes], wanted: str, *, what: str, within: str = "") -> Iterator[Any]:
        said = f"{self._path.name}, {what}"
        most = MOST_SHEETS if wanted == "sheet" else MOST_STYLES
        return _at_most(Part(stream, lambda: said).elements(wanted, within=within), most, said)

    @cached_property
    def _texts(self) -> list[str]:
        with unpacked(self._path) as book:
            return list(self._shared(book)) if TEXTS in book.namelist() else []

    def _shared(self, book: zipfile.ZipFile) -> Iterator[str]:
        kept, said = 0, f"{self._path.name}, its texts"
        with book.open(TEXTS) as stream:
            for element in Part(stream, lambda: said).elements("si"):
                text = _text_in(element)
                kept += sys.getsizeof(text) + 8
                if kept > MOST_MEMORY:
                    raise Unsafe(f"{said}: they take more than {MOST_MEMORY:,} bytes. {ADVICE}")
                yield text

    @cached_property
    def _zero(self) -> datetime:
        with unpacked(self._path) as book, about(book, BOOK) as stream:
            said = self._few(stream, "workbookPr", what="its properties")
            return DAY_ZERO[any(each.get("date1904") in {"1", "true"} for each in said)]

    @cached_property
    def _dates(self) -> frozenset[int]:
        """Numbers of the styles that show a number as a date."""
        with unpacked(self._path) as book:
            if STYLES not in book.namelist():
                return frozenset()
            with about(book, STYLES) as stream:
                own = {
                    int(each.get("numFmtId", "0"))
                    for each in self._few(stream, "numFmt", what="its formats", within="numFmts")
                    if _DATE.search(_QUOTED.sub("", each.get("formatCode", "")[:1_000]))
                }
            with about(book, STYLES) as stream:
                formats = self._few(stream, "xf", what="its styles", within="cellXfs")
                numbers = [int(each.get("numFmtId", "0")) for each in formats]
        dated = own | DATE_FORMATS
        return frozenset(n for n, each in enumerate(numbers) if each in dated)


class _Sheet:
    """Reads the cells of a sheet, with the texts of its workbook and what it needs to tell a date."""

    def __init__(self, name: str, texts: list[str], dates: frozenset[int], zero: datetime) -> None:
        self._name, self._texts, self._dates, self._zero = name, texts, dates, zero
        self._number = self._columns = 0

    def rows(self, stream: IO[bytes], advance: Advance) -> Iterator[tuple[int, dict[int, str]]]:
        part = Part(stream, lambda: f"{self._name}, row {self._number + 1}")
        rows = part.elements("row", within="sheetData", begun=self._count)
        for row in _at_most(rows, MOST_ROWS, f"{self._name}, its rows"):
            self._number = int(row.get("r") or self._number + 1)
            cells = self._cells(row, self._number)
            advance(part.since)
            if any(cells.values()):
                yield self._number, cells

    def _count(self, begun: str) -> None:
        self._columns = self._columns + 1 if begun == "c" else 0 if begun == "row" else self._columns
        if self._columns > MOST_COLUMNS:
            raise Unsafe(
                f"{self._name}, row {self._number + 1}, column {self._columns}: {MOST_COLUMNS} columns are the most."
            )

    def _cells(self, row: Any, number: int) -> dict[int, str]:
        found, place = dict[int, str](), -1
        for cell in row:
            seen = _PLACE.match(cell.get("r") or "")
            place = _column(seen[1]) if seen else place + 1
            found[place] = self._value(cell)
            if len(found[place]) > LONGEST_CELL:
                raise Unsafe(
                    f"{self._name}, row {number}, column {place + 1}: {LONGEST_CELL:,} characters are the most of a cell."
                )
        return found

    def _value(self, cell: Any) -> str:
        parts = {tag(each): each for each in cell}
        kind, shown = cell.get("t", "n"), parts["v"].text or "" if "v" in parts else ""
        if kind == "inlineStr":
            return _text_in(parts["is"]) if "is" in parts else ""
        if kind == "s":
            place = int(shown or -1)
            return self._texts[place] if 0 <= place < len(self._texts) else ""
        if kind == "n" and shown and int(cell.get("s") or 0) in self._dates:
            day = self._zero + timedelta(days=float(shown))
            return (day + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat()
        if not shown and "f" in parts and parts["f"].text:
            return f"={parts['f'].text}"
        return shown


def _text_in(element: Any) -> str:
    """The text of all runs, without what only says how it is pronounced."""
    if tag(element) == "rPh":
        return ""
    own = (element.text or "") if tag(element) == "t" else ""
    return own + "".join(map(_text_in, element))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
