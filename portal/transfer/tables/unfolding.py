"""A workbook (XLSX) as tables: one for each sheet, read as a stream, past everything but the values of the cells.

A workbook is a zip of XML. No formula is worked out: a cell says what the sheet showed last, or its formula as text.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from portal.transfer.opening import Unsafe, refuse_trap
from portal.transfer.tables.describing import LONGEST_CELL, LONGEST_ROW, MOST_COLUMNS, Advance, Row, Table
from portal.transfer.tables.mapping import plain_name

BOOK = "xl/workbook.xml"
MOST_UNPACKED = 2**30
MOST_WORDS = 100_000_000
"""Characters of all texts of a workbook, which it keeps apart from its sheets and which stay in memory."""
DAY_ZERO = {False: datetime(1899, 12, 30, tzinfo=UTC), True: datetime(1904, 1, 1, tzinfo=UTC)}
DATE_FORMATS = frozenset({*range(14, 23), 45, 46, 47})
"""Numbers of the formats of dates that every workbook has (ECMA-376, part 1, 18.8.30)."""
_DATE = re.compile(r"[ymdhs]", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_PLACE = re.compile(r"([A-Z]{1,3})\d*")


def tables(path: Path) -> list[Table]:
    """The sheets that have a heading. Raises Unsafe for what is damaged, a trap, or larger than a table."""
    try:
        with zipfile.ZipFile(path) as book:
            for member in book.infolist():
                refuse_trap(member)
            if sum(member.file_size for member in book.infolist()) > MOST_UNPACKED:
                raise Unsafe(f"{path.name} would unpack to more than {MOST_UNPACKED:,} bytes.")
            sheets = _sheets(book)
    except (zipfile.BadZipFile, KeyError, ParseError, DefusedXmlException) as error:
        raise Unsafe(f"{path.name} is no workbook that can be read: {error}") from None
    found = [_table(path, name, member) for name, member in sheets]
    return [each for each in found if any(each.titles)]


def _sheets(book: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Name and file of each sheet."""
    with book.open("xl/_rels/workbook.xml.rels") as stream:
        files = {each.get("Id"): each.get("Target", "") for _e, each in iterparse(stream, forbid_dtd=True)}
    with book.open(BOOK) as stream:
        named = [each for _e, each in iterparse(stream, forbid_dtd=True) if _tag(each) == "sheet"]
    found = []
    for each in named:
        key = next((value for name, value in each.attrib.items() if name.endswith("}id")), None)
        target = PurePosixPath("xl", files.get(key, "").removeprefix("/xl/"))
        if str(target) in book.namelist() and "worksheets" in target.parts:
            found.append((each.get("name", target.stem), str(target)))
    return found


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _table(path: Path, sheet: str, member: str) -> Table:
    name = f"{path.name}, sheet {sheet}"
    heading: dict[int, str] = next((cells for _n, cells in _rows(path, name, member)), {})
    names = {place: plain_name(title) for place, title in heading.items() if plain_name(title)}
    twice = next((each for each in names.values() if list(names.values()).count(each) > 1), None)
    if twice:
        raise Unsafe(f"{name}: two columns are called {twice!r}, and nobody can tell which one counts.")

    def read(advance: Advance) -> Iterator[Row]:
        rows = _rows(path, name, member, advance)
        next(rows, None)
        for number, cells in rows:
            values = {names[place]: cell for place, cell in cells.items() if place in names}
            if any(values.values()):
                yield f"row {number}", dict.fromkeys(names.values(), "") | values

    with zipfile.ZipFile(path) as book:
        size = book.getinfo(member).file_size
    return Table(name, {names[place]: heading[place].strip() for place in names}, read, size)


def _rows(
    path: Path, name: str, member: str, advance: Advance = lambda _bytes: None
) -> Iterator[tuple[int, dict[int, str]]]:
    """Number of each row that has something, and its cells by column (from 0)."""
    try:
        with zipfile.ZipFile(path) as book:
            sheet = _Sheet(book, name)
            with book.open(member) as stream:
                yield from sheet.rows(stream, advance)
    except (
        zipfile.BadZipFile,
        ParseError,
        DefusedXmlException,
        EOFError,
        ValueError,
        OverflowError,
    ) as error:
        raise Unsafe(f"{name} is damaged: {error}") from None


class _Measured:
    """A stream that is refused when it brings no row for too long."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name
        self.number = 0
        self.since = 0
        self.told = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.since += len(piece)
        if self.since > 4 * LONGEST_ROW:
            raise Unsafe(
                f"{self._name}, row {self.number + 1}: the row is larger than {4 * LONGEST_ROW:,} bytes."
            )
        return piece


class _Sheet:
    """What is needed to read the cells of a sheet: the texts of the workbook, and which styles show dates."""

    def __init__(self, book: zipfile.ZipFile, name: str) -> None:
        self._name = name
        self._texts = list(self._shared(book)) if "xl/sharedStrings.xml" in book.namelist() else []
        self._dates = _date_styles(book) if "xl/styles.xml" in book.namelist() else frozenset()
        with book.open(BOOK) as stream:
            properties = [
                each for _e, each in iterparse(stream, forbid_dtd=True) if _tag(each) == "workbookPr"
            ]
        self._zero = DAY_ZERO[any(each.get("date1904") in {"1", "true"} for each in properties)]

    def _shared(self, book: zipfile.ZipFile) -> Iterator[str]:
        total = 0
        with book.open("xl/sharedStrings.xml") as stream:
            root = None
            for happened, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
                root = element if root is None else root
                if happened == "end" and _tag(element) == "si":
                    text = _text_in(element)
                    total += len(text)
                    if total > MOST_WORDS:
                        raise Unsafe(f"{self._name}: its texts have more than {MOST_WORDS:,} characters.")
                    yield text
                    root.clear()

    def rows(self, stream: IO[bytes], advance: Advance) -> Iterator[tuple[int, dict[int, str]]]:
        measured, root, columns = _Measured(stream, self._name), None, 0
        for happened, element in iterparse(measured, events=("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            tag = _tag(element)
            if happened == "start":
                columns = columns + 1 if tag == "c" else 0 if tag == "row" else columns
                if columns > MOST_COLUMNS:
                    raise Unsafe(
                        f"{self._name}, row {measured.number + 1}, column {columns}: {MOST_COLUMNS} columns are the most."
                    )
            elif tag == "row":
                measured.number = int(element.get("r") or measured.number + 1)
                cells = self._cells(element, measured.number)
                if any(cells.values()):
                    yield measured.number, cells
                root.clear()
                advance(measured.since)
                measured.since = 0

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
        parts = {_tag(each): each for each in cell}
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
    if _tag(element) == "rPh":
        return ""
    own = (element.text or "") if _tag(element) == "t" else ""
    return own + "".join(map(_text_in, element))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _date_styles(book: zipfile.ZipFile) -> frozenset[int]:
    """Numbers of the styles that show a number as a date."""
    with book.open("xl/styles.xml") as stream:
        every = [each for _e, each in iterparse(stream, forbid_dtd=True)]
    own = {
        int(each.get("numFmtId", "0"))
        for each in every
        if _tag(each) == "numFmt" and _DATE.search(_QUOTED.sub("", each.get("formatCode", "")))
    }
    formats = next((list(each) for each in every if _tag(each) == "cellXfs"), [])
    dated = own | DATE_FORMATS
    return frozenset(n for n, each in enumerate(formats) if int(each.get("numFmtId", "0")) in dated)
