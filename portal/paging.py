"""Keyset pages: a page is found by the last row of the one before, so page 500 costs what page 1 costs."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.errors import Unusable

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, with the cursors of its neighbours (None where there is no neighbour)."""

    rows: Sequence[Row]
    newer: str | None
    older: str | None


@dataclass(frozen=True)
class Keyset(Generic[Row]):
    """An order over columns that end in a unique one, all descending (or all ascending)."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    descending: bool = True

    def page(
        self,
        fetch: Callable[[sa.Select[Any]], Sequence[Row]],
        rows: sa.Select[Any],
        *,
        cursor: str | None,
        size: int = 20,
    ) -> Page[Row]:
        """One page of `rows`. `cursor` is `older`/`newer` of another page or None for the first.

        `fetch` runs the select. Raises Unusable for a cursor that this portal did not make.
        """
        backwards, values = self._place(cursor)
        found = list(fetch(self.part(rows.order_by(None), self.columns, cursor=cursor, size=size)))
        more, found = len(found) > size, found[:size]
        if backwards:
            found.reverse()
        has_older = more if not backwards else bool(found)
        has_newer = more if backwards else values is not None
        return Page(
            rows=found,
            newer=self._encode(found[0], backwards=True) if found and has_newer else None,
            older=self._encode(found[-1], backwards=False) if found and has_older else None,
        )

    def part(
        self, rows: sa.Select[Any], columns: tuple[Any, ...], *, cursor: str | None, size: int = 20
    ) -> sa.Select[Any]:
        """Of one of several selects that are put together: as many rows as a page of all of them can need. `columns` are
        its own, in the order of this keyset; one may be the same for all its rows. Raises Unusable."""
        backwards, values = self._place(cursor)
        descending = self.descending != backwards
        own = [each for each in columns if not isinstance(each, sa.BindParameter)]
        if values is not None:
            rows = rows.where(self._beyond(columns, values, descending))
            if len(own) < len(columns):
                # An index is only entered by a condition on its columns alone.
                first = sa.literal(values[0], self.columns[0].type)
                rows = rows.where(own[0] <= first if descending else own[0] >= first)
        return rows.order_by(*[c.desc() if descending else c.asc() for c in own]).limit(size + 1)

    def _place(self, cursor: str | None) -> tuple[bool, list[Any] | None]:
        return _decode(cursor, self.columns) if cursor else (False, None)

    def _beyond(
        self, columns: tuple[Any, ...], values: list[Any], descending: bool
    ) -> sa.ColumnElement[bool]:
        mark = sa.tuple_(*[sa.literal(v, c.type) for v, c in zip(values, self.columns, strict=True)])
        here = sa.tuple_(*columns)
        return here < mark if descending else here > mark

    def _encode(self, row: Any, *, backwards: bool) -> str:
        values = [_plain(getattr(row, column.key)) for column in self.columns]
        text = json.dumps([int(backwards), *values], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return {"t": value.isoformat()} if isinstance(value, date) else value


def _decode(cursor: str, columns: tuple[InstrumentedAttribute[Any], ...]) -> tuple[bool, list[Any]]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        backwards, *values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if backwards not in (0, 1):
            raise ValueError(cursor)
        return bool(backwards), [_value(v, c.type) for v, c in zip(values, columns, strict=True)]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, RecursionError, OverflowError):
        raise Unusable(
            "This page link is broken or from another list. Start again from the first page."
        ) from None


def _value(plain: Any, column: sa.types.TypeEngine[Any]) -> Any:
    """What a cursor holds, as a value that the column can be compared with. Raises ValueError for others."""
    kind = column.python_type
    if kind is datetime:
        moment = datetime.fromisoformat(plain["t"])
        if moment.tzinfo is None:
            raise ValueError(plain)
        return moment.astimezone(UTC)
    if kind is date:
        return date.fromisoformat(plain["t"])
    if kind is float and type(plain) is int:
        plain = float(plain)
    if type(plain) is not kind or (kind is float and not isfinite(plain)):
        raise ValueError(plain)
    bits = 63 if isinstance(column, sa.BigInteger) else 31
    if kind is int and not -(2**bits) <= plain < 2**bits:
        raise ValueError(plain)
    if kind is str and b"\x00" in plain.encode():
        raise ValueError(plain)
    return plain
