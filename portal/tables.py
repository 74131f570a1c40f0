"""Tables that leave the portal: every cell is guarded, so that no spreadsheet takes a text for a formula."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet may run: the signs, their full-width forms, and what hides one."""


def guarded(cell: Any) -> Any:
    """The cell as it may stand in a spreadsheet: None is empty, a text that could run gets a leading `'`.

    Numbers and times stay what they are, so that -5 is still a number. The rule is OWASP's on CSV injection;
    blanks before the sign are looked through, because some programs drop them.
    """
    if cell is None:
        return ""
    if isinstance(cell, str) and (cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA)):
        return f"'{cell}"
    return cell


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a heading and the rows, guarded; returns how many rows. Open the file with `newline=""`.

    UTF-8 without a byte-order mark, which other programs would take for a part of the first heading.
    """
    writer = csv.writer(file)
    writer.writerow(columns)
    written = 0
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        written += 1
    return written
