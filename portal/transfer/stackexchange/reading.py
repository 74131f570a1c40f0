"""Rows of a dump, one at a time, and their values. Entities and document types are refused."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from portal.transfer.opening import Archive, Unsafe
from portal.transfer.reporting import Report

Row = dict[str, str]
LARGEST_ID = 10**17
SYSTEM = -1
"""The id of the account that acts for the software; it is no person."""


class BadValue(ValueError):
    """A value of a row cannot be used; the message says which."""


class Dump:
    """The tables of one dump. `advance` hears of every row, for a progress bar."""

    def __init__(self, archive: Archive, report: Report, advance: Callable[[int], object]) -> None:
        self.archive = archive
        self.report = report
        self._advance = advance

    def rows(self, table: str) -> Iterator[Row]:
        """Rows of a table ("Posts"); none where the dump has no such file. Raises Unsafe for broken XML."""
        name = f"{table}.xml"
        if name not in self.archive:
            return
        with self.archive.open(name) as stream:
            try:
                yield from self._parsed(stream)
            except (ParseError, DefusedXmlException, UnicodeError) as error:
                raise Unsafe(
                    f"{name} is damaged or not a table of a dump: {error or type(error).__name__}"
                ) from error

    def _parsed(self, stream: Any) -> Iterator[Row]:
        root = None
        before = 0
        for happened, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if root is None:
                root = element
            elif happened == "end" and element.tag == "row":
                yield dict(element.attrib)
                root.clear()
                here = _tell(stream)
                self._advance(here - before)
                before = here

    def taken(self, table: str, *, again: bool = False) -> Iterator[tuple[int, Row]]:
        """Rows with a usable id that was not there before, with that id; the others go into the report.

        `again`: the table was read before, so that nothing is counted or reported a second time.
        """
        seen: set[int] = set()
        for row in self.rows(table):
            self.report.read[table.lower()] += not again
            try:
                key = number(row, "Id", needed=True)
                if key in seen:
                    raise BadValue("the same id twice")
            except BadValue as error:
                if not again:
                    self.report.refuse(table, row.get("Id"), str(error))
                continue
            seen.add(key)
            yield key, row


def _tell(stream: Any) -> int:
    try:
        return int(stream.tell())
    except (OSError, ValueError):
        return 0


def number(row: Row, name: str, *, needed: bool = False, default: int = 0) -> int:
    """A whole number. Raises BadValue when it is none, or missing though needed."""
    text = row.get(name, "")
    if not text and not needed:
        return default
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII) or abs(int(text)) > LARGEST_ID:
        raise BadValue(f"{name} is no usable number" if text else f"{name} is missing")
    return int(text)


def moment(row: Row, name: str, *, needed: bool = True) -> datetime | None:
    """A time in UTC. Raises BadValue when it is none, or missing though needed."""
    text = row.get(name, "")
    if not text:
        if needed:
            raise BadValue(f"{name} is missing")
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(f"{name} is no date") from None
    if not 1990 <= found.year <= 2200:
        raise BadValue(f"{name} is no date of this age")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def tags(text: str) -> list[str]:
    """`<a><b>` of older dumps, `|a|b|` of newer ones."""
    return [each for each in re.split(r"[<>|]+", text) if each]
