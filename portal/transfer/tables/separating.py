"""Text with separators (CSV) as rows: the separator is found in the heading, and every limit names line and column."""

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TextIO

from portal.transfer.opening import Unsafe
from portal.transfer.tables.decoding import NAMES, encoding_of
from portal.transfer.tables.describing import LONGEST_CELL, LONGEST_ROW, MOST_COLUMNS, Advance, Row, Table
from portal.transfer.tables.mapping import plain_name

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
LOOKED_AT = 20
"""How many rows are looked at to find the separator."""
HEAD = 65_536
FAULTY = 100
"""How many lines of a row are looked through for what is wrong with it."""


def table(path: Path) -> Table:
    """The one table of a text file. Raises Unsafe where it cannot be read or has no heading."""
    encoding = encoding_of(path)
    lines = _Lines(path, encoding)
    heading = lines.heading
    _refuse_heading(path.name, heading)
    titles = {plain_name(each): each.strip() for each in heading}

    def read(advance: Advance) -> Iterator[Row]:
        names = [plain_name(each) for each in heading]
        for line, cells in lines.rows(advance):
            # Cells beyond the heading belong to no column; whoever takes the row refuses it.
            yield f"line {line}", dict(zip(names, cells, strict=False)) | _beyond(names, cells)

    says = f"{path.name} is {NAMES[encoding]}, with {SEPARATORS[lines.separator]} between the columns."
    return Table(path.name, titles, read, path.stat().st_size, says)


def _beyond(names: list[str], cells: list[str]) -> dict[str, str]:
    more = cells[len(names) :]
    return {"": f"{len(cells)} cells, and the heading has {len(names)}"} if any(map(str.strip, more)) else {}


def _refuse_heading(name: str, heading: list[str]) -> None:
    plain = [plain_name(each) for each in heading]
    if not any(plain):
        raise Unsafe(f"{name} has no heading: its first line must name the columns.")
    twice = next((each for place, each in enumerate(plain) if each and each in plain[:place]), None)
    if twice:
        raise Unsafe(
            f"{name}, line 1: two columns are called {twice!r}, and nobody can tell which one counts."
        )


class _Lines:
    """Rows of a text file. Nothing is kept but the row in hand."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path = path
        self._encoding = encoding
        with path.open(encoding=encoding, newline="") as file:
            head = file.read(HEAD)
        first = head.partition("\n")[0].strip()
        # The line by which a spreadsheet is told: sep=;
        self._told = first[4:] if first[:4].lower() == "sep=" and first[4:] in SEPARATORS else ""
        self.separator = self._told or _separator_of(head)
        self.heading = next((cells for _line, cells in self._all(lambda _bytes: None)), [])

    def rows(self, advance: Advance) -> Iterator[tuple[int, list[str]]]:
        """Line on which a row begins, and its cells; the heading and empty rows are left out."""
        rows = self._all(advance)
        next(rows, None)
        return rows

    def _all(self, advance: Advance) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(LONGEST_ROW)
        with self._path.open(encoding=self._encoding, newline="") as file:
            reader = csv.reader(self._limited(file), delimiter=self.separator, strict=True)
            line, done = 1, 0
            try:
                for cells in reader:
                    here, line = line, reader.line_num + 1
                    self._refuse_row(here, cells)
                    if any(cells) and not (here == 1 and self._told):
                        yield here, cells
                    at = file.buffer.tell()  # type: ignore[attr-defined]
                    advance(at - done)
                    done = at
            except csv.Error:
                raise Unsafe(
                    f"{self._path.name}, the row from line {line} on{self._column(line)}: a quotation mark that opens "
                    'a cell is not closed, or one inside a quoted cell is not written twice ("").'
                ) from None

    def _limited(self, file: TextIO) -> Iterator[str]:
        number = 1
        while line := file.readline(LONGEST_ROW):
            if len(line) == LONGEST_ROW and line[-1] not in "\r\n":
                column = line.count(self.separator) + 1
                raise Unsafe(
                    f"{self._path.name}, line {number}, column {min(column, MOST_COLUMNS + 1)}: "
                    f"the line has more than {LONGEST_ROW:,} characters."
                )
            yield line
            number += 1

    def _refuse_row(self, line: int, cells: list[str]) -> None:
        if len(cells) > MOST_COLUMNS:
            raise Unsafe(
                f"{self._path.name}, line {line}, column {MOST_COLUMNS + 1}: the row has {len(cells):,} columns, "
                f"and {MOST_COLUMNS} are the most."
            )
        for place, cell in enumerate(cells, 1):
            if len(cell) > LONGEST_CELL:
                raise Unsafe(
                    f"{self._path.name}, line {line}, column {place}: the cell has {len(cell):,} characters, "
                    f"and {LONGEST_CELL:,} are the most."
                )

    def _column(self, line: int) -> str:
        """In which column the row that begins on a line has a quotation mark too many or too few."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            text = "".join(islice(file, line - 1, line + FAULTY))[:LONGEST_ROW]
        return f", column {_faulty(text, self.separator)}"


def _faulty(text: str, separator: str) -> int:
    column, quoted, place = 1, False, 0
    begins = True
    while place < len(text):
        sign, after = text[place], text[place + 1 : place + 2]
        if quoted and sign == '"' == after:
            place += 1
        elif quoted and sign == '"':
            quoted = False
            if after and after not in f"{separator}\r\n":
                return column
        elif sign == '"' and begins:
            quoted = True
        elif sign == separator and not quoted:
            column += 1
        begins = sign == separator and not quoted
        place += 1
    return column


def _separator_of(head: str) -> str:
    """The separator that gives the heading most columns; of two that give as many, the one the rows agree with."""

    def score(separator: str) -> tuple[int, int]:
        rows = csv.reader(StringIO(head, newline=""), delimiter=separator)
        try:
            found = [cells for cells, _ in zip(rows, range(LOOKED_AT), strict=False)]
        except csv.Error:
            found = []
        width = len(found[0]) if found else 0
        return (
            (min(width, MOST_COLUMNS), sum(len(cells) == width for cells in found)) if width > 1 else (0, 0)
        )

    return max(SEPARATORS, key=score)
