"""Writing the collected ideas and votes as CSV or XLSX. A file appears whole or not at all."""

import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from portal.accounts.models import Person, Viewer
from portal.activity import journal
from portal.activity.events import IdeasExported
from portal.database import db, reading_only
from portal.errors import Refusal
from portal.tables import guarded, write_csv
from portal.transfer import collecting
from portal.transfer.collecting import IDEA_COLUMNS, VOTE_COLUMNS, Choice

FORMATS = ("csv", "xlsx")
LONGEST_CELL = 32_767
"""What a cell of a spreadsheet holds at most."""


class Unwritable(Refusal):
    """The file cannot be written there."""

    status = 503


def export(choice: Choice, *, format: str, viewer: Viewer, by: Person | None, path: Path) -> int:  # noqa: A002
    """Write the ideas that the viewer may see to `path` and record who took out what; the caller commits.

    CSV makes a second file beside it, `<name>-votes.csv`. Returns the number of ideas. Raises Unusable for a
    filter that means nothing, Unwritable where the file cannot be made.
    """
    db.session.rollback()
    with reading_only():
        ids = collecting.idea_ids(choice, viewer)
        people = collecting.people_in(ids)
        WRITERS[format](path, ids)
        db.session.rollback()
    who = by.id if by else None
    journal.record(
        IdeasExported(actor_id=who, format=format, filters=choice.words(), ideas=len(ids), people=people)
    )
    return len(ids)


def zipped(choice: Choice, *, viewer: Viewer, by: Person, path: Path) -> int:
    """Both CSV files in one zip, for a browser, which takes one file."""
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder, "ideas.csv")
        count = export(choice, format="csv", viewer=viewer, by=by, path=first)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in (first, votes_beside(first)):
                archive.write(each, each.name)
    return count


def workbook(choice: Choice, *, viewer: Viewer, by: Person, path: Path) -> int:
    """One workbook with two sheets."""
    return export(choice, format="xlsx", viewer=viewer, by=by, path=path)


def votes_beside(path: Path) -> Path:
    """Where the votes go when ideas go to `path`: ideas.csv -> ideas-votes.csv."""
    return path.with_name(f"{path.stem}-votes{path.suffix}")


def _csv(path: Path, ids: Sequence[int]) -> None:
    whole(path, lambda draft: _csv_file(draft, IDEA_COLUMNS, collecting.idea_rows(ids)))
    whole(votes_beside(path), lambda draft: _csv_file(draft, VOTE_COLUMNS, collecting.vote_rows(ids)))


def _csv_file(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, columns, rows)


def _xlsx(path: Path, ids: Sequence[int]) -> None:
    def write(draft: Path) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(draft), options) as book:
            heading = book.add_format({"bold": True})
            _sheet(book.add_worksheet("Ideas"), heading, IDEA_COLUMNS, collecting.idea_rows(ids))
            _sheet(book.add_worksheet("Votes"), heading, VOTE_COLUMNS, collecting.vote_rows(ids))

    whole(path, write)


def _sheet(sheet: Any, heading: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(1, 2, 40)
    sheet.write_row(0, 0, columns, heading)
    for number, row in enumerate(rows, 1):
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
        raise Unwritable(f"{path} cannot be written: {error}. Choose another place.") from error
    finally:
        draft.unlink(missing_ok=True)


WRITERS: dict[str, Callable[[Path, Sequence[int]], None]] = {"csv": _csv, "xlsx": _xlsx}
