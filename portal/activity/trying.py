"""Trying again: work of the worker that failed waits, longer each time, so that it keeps no other waiting."""

from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock

LONGEST_TEXT = 500


class Waits(Protocol):
    """A row that says how often its work failed, why the last time, and when it is tried again."""

    tries: Any
    try_at: Any
    failure: Any


class Tried:
    """The columns of such a row. `try_at` is set only while a failure waits."""

    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    try_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(sa.String(LONGEST_TEXT))


def try_later(row: Waits, failure: str, longest: timedelta) -> None:
    """Write the failure down; the next try is after 2, 4, 8 … minutes, and never after more than `longest`."""
    row.tries += 1
    row.failure = failure[:LONGEST_TEXT]
    row.try_at = clock.now() + min(timedelta(minutes=2 ** min(row.tries, 20)), longest)


def succeeded(row: Waits) -> None:
    """Nothing failed the last time."""
    row.tries, row.try_at, row.failure = 0, None, None


def in_words(failure: Exception) -> str:
    """A failure as staff read it."""
    return f"{type(failure).__name__}: {failure}"
