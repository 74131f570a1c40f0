"""The parts of a workbook: XML in a zip, read as streams of which no more than one element that is wanted is kept."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from portal.transfer.opening import Unsafe, refuse_trap
from portal.transfer.tables.describing import LONGEST_ROW

MOST_MEMBERS = 2_000
MOST_UNPACKED = 2**30
DEEPEST = 64
"""Elements within each other; a cell with its text stands in the eighth."""
LARGEST_ELEMENT = 4 * LONGEST_ROW
"""Bytes between two elements that are wanted, with their tags."""
MOST_ELEMENTS = 100_000
"""Elements within one that is wanted, all of which are kept until it is complete."""
MOST_BETWEEN = 1_000_000
"""Elements before the next that is wanted, none of which is kept."""
LARGEST_ABOUT = 2**24
"""Bytes of a file that is about the workbook, as against its sheets and texts."""
ADVICE = "Save the sheet as CSV and bring that."
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTRY = b"PK\x01\x02"
_PIECE = 2**20


@contextmanager
def unpacked(path: Path, name: str = "") -> Iterator[zipfile.ZipFile]:
    """A workbook to read from. Raises Unsafe for what is damaged or a trap, also while it is read."""
    _refuse_crowd(path)
    try:
        with zipfile.ZipFile(path) as book:
            _refuse_traps(path, book)
            yield book
    except (zipfile.BadZipFile, KeyError, NotImplementedError) as error:
        raise Unsafe(f"{path.name} is no workbook that can be read: {error}. {ADVICE}") from None
    except (
        ParseError,
        DefusedXmlException,
        EOFError,
        ValueError,
        OverflowError,
        RecursionError,
        zlib.error,
    ) as error:
        raise Unsafe(f"{name or path.name} is damaged: {error}. {ADVICE}") from None


def _refuse_crowd(path: Path) -> None:
    """The list of what is in a zip is read as a whole, so its entries are counted before."""
    found, rest = 0, b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found += (rest + piece).count(_ENTRY)
            rest = piece[-(len(_ENTRY) - 1) :]
            if found > MOST_MEMBERS:
                raise Unsafe(
                    f"{path.name} holds more than {MOST_MEMBERS:,} files: no workbook does. {ADVICE}"
                )


def _refuse_traps(path: Path, book: zipfile.ZipFile) -> None:
    for member in book.infolist():
        refuse_trap(member)
        if member.compress_type not in _METHODS:
            raise Unsafe(f"{member.filename} in {path.name} is packed as in no workbook. {ADVICE}")
    if sum(member.file_size for member in book.infolist()) > MOST_UNPACKED:
        raise Unsafe(f"{path.name} would unpack to more than {MOST_UNPACKED:,} bytes. {ADVICE}")


def about(book: zipfile.ZipFile, member: str) -> IO[bytes]:
    """A file of a workbook that is about it, to be read. Raises Unsafe for one that is far larger than any is."""
    size = book.getinfo(member).file_size
    if size > LARGEST_ABOUT:
        raise Unsafe(f"{member} would unpack to {size:,} bytes, and {LARGEST_ABOUT:,} are the most. {ADVICE}")
    return book.open(member)


def tag(element: Any) -> str:
    """The name of an element, without its namespace."""
    return str(element.tag).rpartition("}")[2]


class Part:
    """One file of a workbook. `where` says, for a refusal, how far its reader has come."""

    def __init__(self, stream: IO[bytes], where: Callable[[], str]) -> None:
        self._stream = stream
        self._where = where
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """What the parser asks for; refused when it brings nothing that is wanted for too long."""
        piece = self._stream.read(size)
        self.since += len(piece)
        if self.since > LARGEST_ELEMENT:
            raise self._refusal(f"it is larger than {LARGEST_ELEMENT:,} bytes")
        return piece

    def elements(
        self, *wanted: str, within: str = "", begun: Callable[[str], None] = lambda _tag: None
    ) -> Iterator[Any]:
        """Every element of these names (directly within one of another name, where that is said), when it is
        complete. `begun` is told each name as it begins. What was given and what is not wanted is let go.
        """
        path, names = list[Any](), [""]
        top, count = 0, 0
        for happened, element in iterparse(self, events=("start", "end"), forbid_dtd=True):
            if happened == "start":
                name = tag(element)
                if not top and name in wanted and within in ("", names[-1]):
                    top, count = len(names), 0
                path.append(element)
                names.append(name)
                count += 1
                self._refuse(len(path), count, MOST_ELEMENTS if top else MOST_BETWEEN)
                begun(name)
                continue
            path.pop()
            names.pop()
            if top == len(names):
                yield element
                self.since = top = count = 0
            if not top and path:
                path[-1].clear()

    def _refuse(self, depth: int, count: int, most: int) -> None:
        if depth > DEEPEST:
            raise self._refusal(f"it is nested more than {DEEPEST} deep")
        if count > most:
            raise self._refusal(f"it has more than {most:,} elements")

    def _refusal(self, says: str) -> Unsafe:
        return Unsafe(f"{self._where()}: {says}. {ADVICE}")
