"""Writing what was built as CSV, XLSX or JSON. A file appears whole or not at all."""

import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from portal.accounts.models import Person, Viewer
from portal.activity import journal
from portal.activity.events import IdeasExported
from portal.database import one_state
from portal.errors import Conflict, Refusal
from portal.tables import guarded, write_csv
from portal.transfer.building import Export, Sheet
from portal.transfer.narrowing import Choice
from portal.transfer.rows.listing import BOTH
from portal.transfer.rows.meaning import Meant, people_in

FORMATS = ("csv", "xlsx")
LONGEST_CELL = 32_767
"""What a cell of a spreadsheet holds at most."""
MOST_ROWS = 1_048_575
"""What a sheet holds at most below its heading."""
SAME = datetime(2000, 1, 1, tzinfo=UTC)
"""Two exports of the same rows are the same file: no moment stands in it."""


class Unwritable(Refusal):
    """The file cannot be written there."""

    status = 503


@dataclass(frozen=True)
class Written:
    """What a file holds: how many ideas it is about, rows of its first table, people whose personal data is in it."""

    ideas: int
    rows: int
    people: int


def write(export: Export, *, viewer: Viewer, path: Path) -> Written:
    """Write the ideas that the viewer may see to `path`, all from one state of the database.

    Two tables as CSV make a second file beside it, `<name>-votes.csv`. Raises Unusable for a filter that means
    nothing, Unwritable where the file cannot be made, Conflict for more rows than a workbook holds.
    """
    with one_state():
        meant = Meant(export.choice, viewer)
        # The usual two tables have always counted voters alone.
        whose = export.whose() if export.rows != BOTH or export.columns or export.impersonal else {"voter"}
        people = people_in(meant, whose)
        counts = [0, 0]
        sheets = [_counting(sheet, counts, n) for n, sheet in enumerate(export.sheets(meant))]
        WRITERS[export.format](path, sheets)
        return Written(len(meant.ids), counts[0], people)


def _counting(sheet: Sheet, counts: list[int], place: int) -> Sheet:
    def rows() -> Iterator[Sequence[Any]]:
        for row in sheet.rows:
            counts[place] += 1
            yield row

    return replace(sheet, rows=rows())


def record(export: Export, written: Written, *, by: int | None, **more: Any) -> int:
    """Write down who took out what; returns the id of the entry. The caller commits."""
    is_usual = export.rows == BOTH and not export.columns and not export.impersonal
    columns = tuple(each.name for _, names in export.named() for each in names)
    said: dict[str, Any] = (
        {} if is_usual else {"rows": export.rows, "columns": columns, "personal": export.personal()}
    )
    return journal.record(
        IdeasExported(
            actor_id=by,
            format=export.format,
            filters=export.choice.words(),
            ideas=written.ideas,
            people=written.people,
            **said,
            **more,
        )
    )


def export(choice: Choice, *, format: str, viewer: Viewer, by: Person | None, path: Path) -> int:  # noqa: A002
    """Write the usual two tables to `path` and record who took out what; the caller commits.

    Returns the number of ideas. Raises what `write` raises.
    """
    return taken(Export(format=format, choice=choice), viewer=viewer, by=by, path=path).ideas


def taken(export: Export, *, viewer: Viewer, by: Person | None, path: Path, **more: Any) -> Written:
    """Write an export to `path` and record who took out what; the caller commits. Raises what `write` raises."""
    who = by.id if by else None
    written = write(export, viewer=viewer, path=path)
    record(export, written, by=who, **more)
    return written


def packed(export: Export, *, viewer: Viewer, folder: Path) -> tuple[Path, Written]:
    """Write an export as one file into `folder`, which is empty; two tables as CSV go into a zip."""
    path = folder / f"{'ideas' if export.rows == BOTH else export.rows}.{export.format}"
    written = write(export, viewer=viewer, path=path)
    if export.format == "csv" and export.rows == BOTH:
        return _zip(path), written
    return path, written


def _zip(first: Path) -> Path:
    whole = first.with_suffix(".zip")
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in (first, votes_beside(first)):
            inner = zipfile.ZipInfo(each.name, SAME.timetuple()[:6])
            inner.compress_type = zipfile.ZIP_DEFLATED
            with each.open("rb") as source, archive.open(inner, "w") as target:
                while chunk := source.read(2**20):
                    target.write(chunk)
            each.unlink()
    return whole


def votes_beside(path: Path) -> Path:
    """Where the votes go when ideas go to `path`: ideas.csv -> ideas-votes.csv."""
    return path.with_name(f"{path.stem}-votes{path.suffix}")


def _csv(path: Path, sheets: Sequence[Sheet]) -> None:
    for place, sheet in zip((path, votes_beside(path)), sheets, strict=False):
        whole(place, lambda draft, sheet=sheet: _csv_file(draft, sheet.columns, sheet.rows))  # type: ignore[misc]


def _csv_file(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, columns, rows)


def _json(path: Path, sheets: Sequence[Sheet]) -> None:
    """One array with an object for each row, each in a line of its own; two tables are one object of two arrays."""

    def write(draft: Path) -> None:
        with draft.open("w", encoding="utf-8") as file:
            file.write("{" if len(sheets) > 1 else "")
            for place, sheet in enumerate(sheets):
                file.write((", " if place else "") + f'"{sheet.name}": ' if len(sheets) > 1 else "")
                file.writelines(_array(sheet))
            file.write("}\n" if len(sheets) > 1 else "\n")

    whole(path, write)


def _array(sheet: Sheet) -> Iterator[str]:
    before = "[\n"
    for row in sheet.rows:
        known = {name: None if cell == "" else cell for name, cell in zip(sheet.columns, row, strict=True)}
        yield before + json.dumps(known, ensure_ascii=False, default=_number)
        before = ",\n"
    yield "[]" if before == "[\n" else "\n]"


def _number(value: Any) -> float | int:
    if not isinstance(value, Decimal):
        raise TypeError(value)
    return int(value) if value == value.to_integral_value() else float(value)


def _xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    def write(draft: Path) -> None:
        # Rows wait in files of their own until the book is closed; of one that never is, they would stay.
        with tempfile.TemporaryDirectory(dir=draft.parent, prefix=".making-") as folder:
            options = {"tmpdir": folder, "constant_memory": True}
            options |= {"strings_to_formulas": False, "strings_to_urls": False}
            with xlsxwriter.Workbook(str(draft), options) as book:
                book.set_properties({"created": SAME})
                heading = book.add_format({"bold": True})
                for sheet in sheets:
                    _sheet(book.add_worksheet(sheet.name.capitalize()), heading, sheet.columns, sheet.rows)

    whole(path, write)


def _sheet(sheet: Any, heading: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(1, 2, 40)
    sheet.write_row(0, 0, columns, heading)
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise Conflict(f"A workbook holds {MOST_ROWS:,} rows, and there are more. Take CSV or JSON.")
        for place, cell in enumerate(row):
            safe = guarded(cell)
            if isinstance(safe, str):
                sheet.write_string(number, place, safe[:LONGEST_CELL])
            else:
                sheet.write_number(number, place, safe)


def whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the place and move it there when it is complete. Raises Unwritable."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(draft)
        draft.replace(path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        # A workbook hands on what the system said; the name in it is of a draft that nobody asked for.
        cause = error if isinstance(error, OSError) else error.args[0]
        raise Unwritable(
            f"{path} cannot be written: {cause.strerror or cause}. Choose another place."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


WRITERS: dict[str, Callable[[Path, Sequence[Sheet]], None]] = {"csv": _csv, "xlsx": _xlsx, "json": _json}
