"""What a file is, by its first bytes and never by its name."""

from collections.abc import Sequence
from pathlib import Path

from portal.transfer.opening import Unsafe
from portal.transfer.tables import parsing, separating, unfolding
from portal.transfer.tables.describing import Table

LARGEST = 2 * 2**30
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def tables_in(paths: Sequence[Path]) -> list[Table]:
    """All tables of all files: CSV, XLSX, JSON. Raises Unsafe for what is none of them, or a trap."""
    found: list[Table] = []
    for path in paths:
        if not path.is_file():
            raise Unsafe(f"There is no file {path}.")
        if path.stat().st_size > LARGEST:
            raise Unsafe(f"{path.name} is larger than {LARGEST:,} bytes.")
        found += _tables(path)
    if not found:
        raise Unsafe("There is no table in it: a table has a heading that names its columns.")
    return found


def _tables(path: Path) -> list[Table]:
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise Unsafe(f"{path.name} is empty.")
    if start.startswith(b"PK\x03\x04"):
        return unfolding.tables(path)
    if start.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"GIF8", b"\xff\xd8\xff")):
        raise Unsafe(f"{path.name} is no table. Save it as CSV, as a workbook (.xlsx) or as JSON.")
    for mark in MARKS:
        start = start.removeprefix(mark)
    if start.replace(b"\0", b"").lstrip()[:1] in (b"{", b"["):
        return parsing.tables(path)
    return [separating.table(path)]
