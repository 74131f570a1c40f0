"""Which tables a complete export carries, and which it leaves out and why. A slice lists its own in a file of its own.

A file `carrying_<slice>.py` beside this one is found by its name. It says for each table either
`carry(Model, ...)` or `leave_out(Model, "why")`; a table that says neither fails a test of the house.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.transfer.tables.mapping import Values

Condition = Callable[[], sa.ColumnElement[bool]]
Change = Callable[[Values], Values]


def _as_it_is(values: Values) -> Values:
    return values


@dataclass(frozen=True)
class Carried:
    """A table in the file: all its columns but those `without` (each with the reason), all rows or those `where`.

    `first` are columns to order by before the key, so that a row stands after those of its own table that it points
    to. `tell` changes what is written, `make` what is read, adding what `without` left out.
    """

    model: Any
    without: Mapping[str, str] = field(default_factory=dict)
    where: Condition | None = None
    first: tuple[Any, ...] = ()
    tell: Change = _as_it_is
    make: Change = _as_it_is

    @property
    def table(self) -> sa.Table:
        return sa.inspect(self.model).local_table

    @property
    def columns(self) -> list[sa.Column[Any]]:
        """The columns in the file, in the order of the model. What the database works out is none of them."""
        return [
            each for each in self.table.columns if each.name not in self.without and each.computed is None
        ]


_carried: dict[str, Carried] = {}
_left_out: dict[str, str] = {}


def carry(model: Any, **how: Any) -> None:
    """Take a table along; `how` are the fields of Carried."""
    carried = Carried(model, **how)
    _carried[carried.table.name] = carried


def leave_out(model: Any, why: str) -> None:
    """Leave a table at home."""
    _left_out[sa.inspect(model).local_table.name] = why


@cache
def _load() -> None:
    for path in sorted(Path(__file__).parent.glob("carrying_*.py")):
        import_module(f"{__package__}.{path.stem}")


def carried() -> list[Carried]:
    """All that is carried, each table after those that it points to."""
    _load()
    return [_carried[table.name] for table in db.metadata.sorted_tables if table.name in _carried]


def left_out() -> dict[str, str]:
    """Table -> why it is not carried."""
    _load()
    return dict(_left_out)
