"""Tables that leave the portal: every cell is guarded, so that no spreadsheet takes a text for a formula.

Which columns an export of ideas can have is said by the slices. One that knows something of ideas says so in its
`register`:

    tables.offer("plans", COLUMNS, cells_of)

`cells_of` gets the ids of some ideas and who takes them out, and gives what it knows of each that this viewer may know:
`{7: {"owner": "Mira Kovač"}}`.
"""

import csv
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Column:
    """A fact that an export can hold, by the name that stands above it. `personal`: it says who somebody is.

    What stands above it is `heading` where the name is none that people would read; all headings differ. What is
    `for_staff` is left out for whoever is none.
    """

    name: str
    group: str
    says: str
    personal: bool = False
    heading: str = ""
    for_staff: bool = False

    @property
    def above(self) -> str:
        """What stands above it in a file."""
        return self.heading or self.name


Cells = Mapping[int, Mapping[str, Any]]
Loader = Callable[[Sequence[int], Any], Cells]


@dataclass(frozen=True)
class Source:
    """Columns that are read together. `load` gets ids of ideas, some hundred at most, and the
    viewer; what it leaves out is empty."""

    columns: Callable[[], Sequence[Column]]
    load: Loader
    stem: str = ""
    """What the names of all its columns begin with, where these are read from rows: nobody has to read them then."""

    def has_some_of(self, names: Collection[str]) -> bool:
        """Whether some of these columns are its own."""
        if self.stem:
            return any(name.startswith(self.stem) for name in names)
        return any(each.name in names for each in self.columns())


def fixed(columns: Sequence[Column], load: Loader) -> Source:
    """A source whose columns are always the same."""
    return Source(lambda: columns, load)


_offered: dict[str, Source] = {}


def offer(
    name: str, columns: Sequence[Column] | Callable[[], Sequence[Column]], load: Loader, stem: str = ""
) -> None:
    """Let exports of ideas have these columns. Offering again under a name replaces what was offered.

    Columns that depend on rows (the fields of a board) are given as a function, which is asked for each export; `stem`
    is what all their names begin with.
    """
    _offered[name] = Source(columns, load, stem) if callable(columns) else fixed(tuple(columns), load)


def offered() -> Sequence[Source]:
    """All that is offered, in the order in which the slices were loaded."""
    return list(_offered.values())
