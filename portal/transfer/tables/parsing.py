"""JSON as tables: each list of objects is one, read as a stream, an object at a time."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.transfer.opening import Unsafe
from portal.transfer.tables.decoding import encoding_of
from portal.transfer.tables.describing import LONGEST_ROW, MOST_COLUMNS, Advance, Row, Table
from portal.transfer.tables.mapping import Values, plain_name

PIECE = 65_536
DEEPEST = 6
MOST_LISTS = 100
_BLANK = re.compile(r"[\s,]*")


def tables(path: Path) -> list[Table]:
    """The lists of objects in a file: {"posts": [...], "votes": [...]}, a bare list, or an object a line.

    Raises Unsafe with the object where the file is no JSON, is nested too deep, or an object is too large.
    """
    titles: dict[str, dict[str, str]] = {}
    for name, number, item in Stream(path).items():
        # Not every object has every field.
        known = titles.setdefault(name, {})
        known.update({column: column for column in _flat(path.name, name, number, item)})
        if len(titles) > MOST_LISTS:
            raise Unsafe(
                f"{path.name}: {MOST_LISTS} lists are the most of a file. Bring them in several files."
            )
        if len(known) > MOST_COLUMNS:
            raise Unsafe(
                f"{path.name}, {name or 'item'} {number}: {MOST_COLUMNS} columns are the most, and each name of "
                "a field is one. Leave out what nobody needs."
            )
    return [_table(path, name, columns) for name, columns in titles.items()]


def _table(path: Path, name: str, titles: dict[str, str]) -> Table:
    def read(advance: Advance) -> Iterator[Row]:
        stream = Stream(path)
        for of, number, item in stream.items(advance):
            if of == name:
                yield f"{name or 'item'} {number}", _flat(path.name, name, number, item)

    return Table(name or path.name, titles, read, path.stat().st_size)


def _flat(file: str, name: str, number: int, item: Any) -> Values:
    """An object with what stands in its objects beside it: {"author": {"name": …}} gives author_name."""
    if not isinstance(item, dict):
        raise Unsafe(f"{file}, {name or 'item'} {number}: there is no object, but {str(item)[:40]!r}.")
    found: Values = {}
    waiting = [("", item, 0)]
    while waiting:
        before, values, depth = waiting.pop()
        for column, value in values.items():
            key = plain_name(f"{before}_{column}" if before else column)
            if isinstance(value, dict) and depth < DEEPEST:
                waiting.append((key, value, depth + 1))
            else:
                found[key] = value
        if len(found) > MOST_COLUMNS:
            raise Unsafe(
                f"{file}, {name or 'item'} {number}: {MOST_COLUMNS} fields are the most of an object."
            )
    return found


class Stream:
    """The objects of a file one by one; no more than one of them is in memory."""

    def __init__(self, path: Path, *, largest: int = LONGEST_ROW) -> None:
        self._path = path
        self._largest = largest
        self._decoder = json.JSONDecoder(parse_constant=self._refuse_constant)
        self._text = ""
        self._at = 0
        self._ended = False
        self.facts: Values = {}
        """What stands beside the lists: {"format": "portal", "version": 1}."""

    def items(self, advance: Advance = lambda _bytes: None) -> Iterator[tuple[str, int, Any]]:
        """Name of the list ("" for a bare one), number from 1, and what stands there."""
        with self._path.open(encoding=encoding_of(self._path)) as self._file:
            self._text, self._at, self._ended, self._advance = "", 0, False, advance
            if self._peek() == "{" and self._holds_lists():
                yield from self._lists()
            elif self._peek() == "[":
                yield from self._list("")
            else:
                number = 0
                while self._peek():
                    number += 1
                    yield "", number, self._value("item", number)

    def _holds_lists(self) -> bool:
        """Whether the object is one of lists; otherwise it is the first of objects, one a line."""
        self._fill(PIECE)
        head = self._text[self._at : self._at + PIECE]
        try:
            first, end = self._decoder.raw_decode(head)
        except (ValueError, RecursionError):
            return True
        return not head[end:].strip() and any(isinstance(each, list) for each in first.values())

    def _lists(self) -> Iterator[tuple[str, int, Any]]:
        self._at += 1
        while self._peek() not in {"}", ""}:
            name = self._value("name", 0)
            if not isinstance(name, str) or self._peek() != ":":
                raise self._refusal("a name with a colon is missing")
            self._at += 1
            if self._peek() == "[":
                yield from self._list(name)
            else:
                self.facts[name] = self._value(name, 0)
        self._close("}")

    def _list(self, name: str) -> Iterator[tuple[str, int, Any]]:
        self._at += 1
        number = 0
        while self._peek() not in {"]", ""}:
            number += 1
            yield name, number, self._value(name or "item", number)
        self._close("]")

    def _close(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._refusal("it ends in the middle")
        self._at += 1

    def _peek(self) -> str:
        """The next sign that is no blank; "" at the end."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._fill(PIECE)

    def _value(self, name: str, number: int) -> Any:
        self._peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._refusal("it is nested too deep", name, number) from None
            except ValueError as error:
                if self._ended:
                    raise self._refusal(f"it is no JSON ({error})"[:200], name, number) from None
                if len(self._text) - self._at > self._largest:
                    raise self._refusal(
                        f"it has more than {self._largest:,} characters", name, number
                    ) from None
                # Twice as much each time, or a long object would be read again for every piece.
                self._fill(max(PIECE, len(self._text) - self._at))
                continue
            # A number may go on in the next piece.
            if end < len(self._text) or self._ended or isinstance(found, dict | list | str):
                self._at = end
                return found
            self._fill(PIECE)

    def _fill(self, size: int) -> None:
        more = self._file.read(size)
        self._advance(len(more))
        self._ended = not more
        self._text, self._at = self._text[self._at :] + more, 0

    def _refuse_constant(self, word: str) -> Any:
        raise ValueError(f"{word} is no number")

    def _refusal(self, says: str, name: str = "", number: int = 0) -> Unsafe:
        where = f", {name} {number or ''}".rstrip() if name else ""
        return Unsafe(f"{self._path.name}{where}: {says}.")
