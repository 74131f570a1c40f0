"""Values of columns as JSON and back, checked against what the column holds."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from portal.database import UtcDateTime
from portal.markup import plain

LARGEST = 2**63


class Misfit(ValueError):
    """A value is none for its column; the message says which column and why."""


def written(column: sa.Column[Any], value: Any) -> Any:
    """The value as it stands in the file."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.{getattr(column.type, 'scale', None) or 0}f}"
    return value


def read(column: sa.Column[Any], value: Any) -> Any:
    """The value as it goes into the database. Raises Misfit."""
    if value is None:
        if not column.nullable:
            raise Misfit(f"{column.name} is missing")
        return None
    try:
        found = _read(column, value)
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        found = None
    if found is None:
        raise Misfit(f"{column.name} is no {_name(column)}: {str(value)[:40]}")
    return found


def _read(column: sa.Column[Any], value: Any) -> Any:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo is not None else None
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.JSON):
        return value
    if isinstance(kind, sa.Boolean):
        return value if isinstance(value, bool) else None
    if isinstance(kind, sa.Float):
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if isinstance(kind, sa.Numeric):
        return Decimal(value) if isinstance(value, str) and len(value) < 30 else None
    if isinstance(kind, sa.Integer):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return value if whole and abs(value) < LARGEST else None
    return _text(kind, value)


def _text(kind: Any, value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > (getattr(kind, "length", None) or len(value)):
        return None
    # Line ends stay as they are: a text that was stored comes back the same.
    return (
        value
        if plain(value).replace("\n", "") == value.replace("\r\n", "").replace("\r", "").replace("\n", "")
        else None
    )


def _name(column: sa.Column[Any]) -> str:
    length = getattr(column.type, "length", None)
    return f"text of at most {length} characters" if length else type(column.type).__name__.lower()
