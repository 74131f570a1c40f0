"""Reading everything back into an empty portal, in the open transaction; the caller ends it."""

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.activity import journal
from portal.activity.events import ContentImported
from portal.database import db
from portal.errors import Conflict
from portal.transfer import storing
from portal.transfer.complete import recounting
from portal.transfer.complete.converting import Misfit, read
from portal.transfer.complete.listing import Carried, carried
from portal.transfer.complete.writing import FORMAT, VERSION
from portal.transfer.opening import Unsafe
from portal.transfer.reporting import Report
from portal.transfer.tables.parsing import Stream

LARGEST = 40_000_000
"""Characters of one row: more than any text that can be stored."""


class Restoring:
    """An import of a complete export. Raises Unsafe where the file is none, or is of a newer portal."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.work = path.stat().st_size if path.is_file() else 0
        if not self.work:
            raise Unsafe(f"There is no file {path}.")
        self._tables = {each.table.name: each for each in carried()}

    def run(self, advance: Callable[[int], object] = lambda _bytes: None) -> Report:
        """Take every row. Raises Conflict in a portal that is not empty, Unsafe for a row that does not fit."""
        _refuse_unless_empty(list(self._tables.values()))
        report = Report(FORMAT)
        stream = Stream(self._path, largest=LARGEST)
        for name, rows in groupby(self._items(stream, advance), key=itemgetter(0)):
            for batch in storing.batches(self._read(name, rows)):
                self._add(name, batch, report)
        self._refuse_version(stream)
        recounting.count_everything(list(self._tables.values()))
        counts = {name: report.taken[name] for name in ("idea", "post")}
        journal.record(
            ContentImported(actor_id=None, source="", ideas=counts["idea"], topics=0, posts=counts["post"])
        )
        return report

    def _items(self, stream: Stream, advance: Callable[[int], object]) -> Iterator[tuple[str, int, Any]]:
        for name, number, item in stream.items(advance):
            if number == 1:
                self._refuse_version(stream)
            if name not in self._tables:
                raise Unsafe(f"{self._path.name}: this portal has no table {name or 'without a name'!r}.")
            yield name, number, item

    def _refuse_version(self, stream: Stream) -> None:
        if stream.facts.get("format") != FORMAT:
            raise Unsafe(f"{self._path.name} is no complete export of a portal: it does not begin as one.")
        if stream.facts.get("version") != VERSION:
            raise Unsafe(
                f"{self._path.name} has another version than {VERSION}: take it into a newer portal."
            )

    def _read(self, name: str, rows: Iterator[tuple[str, int, Any]]) -> Iterator[dict[str, Any]]:
        each = self._tables[name]
        columns = {column.name: column for column in each.columns}
        for _name, number, item in rows:
            try:
                yield _values(each, columns, item)
            except (Misfit, Unsafe) as error:
                raise Unsafe(f"{self._path.name}, {name} {number}: {error}.") from None

    def _add(self, name: str, batch: list[dict[str, Any]], report: Report) -> None:
        try:
            storing.add(self._tables[name].model, batch)
        except sa.exc.IntegrityError as error:
            first, last = report.taken[name] + 1, report.taken[name] + len(batch)
            reason = str(error.orig).partition("\n")[0]
            raise Unsafe(
                f"{self._path.name}, {name} {first} to {last}: a row breaks a rule ({reason})."
            ) from None
        report.taken[name] += len(batch)


def _values(each: Carried, columns: dict[str, sa.Column[Any]], item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Misfit("there is no object")
    unknown = sorted(set(item) - set(columns))
    if unknown:
        raise Misfit(f"this portal has no {unknown[0]}")
    # What `tell` put into words is put back before it is compared with its column.
    made = each.make(dict.fromkeys(columns) | item)
    return {
        name: value if name not in columns else read(columns[name], value) for name, value in made.items()
    }


def _refuse_unless_empty(tables: list[Carried]) -> None:
    for each in tables:
        if db.session.execute(sa.select(sa.literal(1)).select_from(each.table).limit(1)).first():
            raise Conflict(
                f"This portal is not empty: it has rows of {each.table.name}. A complete export goes into a new portal, "
                "before anybody has an account there."
            )
