"""Bytes as text: which encoding a file is in, found by reading all of it once, and refused with the line otherwise."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from portal.transfer.opening import Unsafe

PIECE = 2**20
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""How a file begins that says by itself what it is. The longer marks come first: they begin like the shorter ones."""
WINDOWS = "cp1252"
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    WINDOWS: "Windows-1252",
}
NAMES |= {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""A letter beyond ASCII as UTF-8 writes it; hardly any word of another encoding looks like one."""


class _Undecodable(Exception):
    def __init__(self, line: int) -> None:
        self.line = line


def encoding_of(path: Path) -> str:
    """The encoding in which all of the file can be read, as Python names it.

    By its mark; else UTF-8; else Windows-1252, of which Latin-1 is a part, unless some of it is UTF-8. Raises Unsafe
    with the line where it cannot be read, or where there is a NUL.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    marked = next((name for mark, name in MARKS if start.startswith(mark)), "") or _unmarked(start)
    try:
        _read_through(path, marked or "utf-8")
    except _Undecodable as fault:
        says = f"{path.name}, line {fault.line}: this is not {NAMES[marked or 'utf-8']}"
        if marked:
            raise Unsafe(f"{says}, although the file begins as if it were. Save it as UTF-8.") from None
        if _is_partly_utf8(path):
            raise Unsafe(f"{says}, and other lines are. Save the whole file as UTF-8.") from None
        return _windows(path)
    return marked or "utf-8"


def _unmarked(start: bytes) -> str:
    """UTF-16 without its mark: every other byte of plain words is 0."""
    even, odd = start[::2], start[1::2]
    if len(odd) > 1 and odd.count(0) > 0.7 * len(odd) and not even.count(0):
        return "utf-16-le"
    if len(odd) > 1 and even.count(0) > 0.7 * len(even) and not odd.count(0):
        return "utf-16-be"
    return ""


def _windows(path: Path) -> str:
    try:
        _read_through(path, WINDOWS)
    except _Undecodable as fault:
        raise Unsafe(
            f"{path.name}, line {fault.line}: this is neither UTF-8 nor Windows-1252. Save it as UTF-8."
        ) from None
    return WINDOWS


def _read_through(path: Path, encoding: str) -> None:
    """Decode all of it, and look for what no text holds."""
    line = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    for piece, last in _pieces(path):
        try:
            text = decoder.decode(piece, last)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(encoding, "ignore")
            raise _Undecodable(line + good.count("\n")) from None
        nul = text.find("\0")
        if nul >= 0:
            at = line + text.count("\n", 0, nul)
            raise Unsafe(
                f"{path.name}, line {at}: there is a NUL, which no text holds. Is it another kind of file?"
            )
        line += text.count("\n")


def _is_partly_utf8(path: Path) -> bool:
    return any(_LETTER.search(piece) for piece, _last in _pieces(path))


def _pieces(path: Path) -> Iterator[tuple[bytes, bool]]:
    """The file piece by piece, and whether it ends there."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece, False
    yield b"", True
