"""A table as it was found in a file: its name, its columns, and its rows, which can be read again and again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from portal.transfer.tables.mapping import Values

MOST_COLUMNS = 500
LONGEST_CELL = 1_000_000
LONGEST_ROW = 4_000_000
"""Signs that a cell and a row may have: more is no table, it is an attack or a quotation mark that was not closed."""

Advance = Callable[[int], object]
Row = tuple[str, Values]
"""Where it stands ("line 7") and what stands there, by plain name of the column."""


@dataclass(frozen=True)
class Table:
    """`read` gives the rows and tells its argument how many bytes it came on; `titles` is plain name -> as written."""

    name: str
    titles: dict[str, str]
    read: Callable[[Advance], Iterator[Row]]
    size: int
    says: str = ""

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(self.titles)
