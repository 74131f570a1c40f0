"""Writing everything as one JSON file, row by row, in an order that depends on nothing but the rows."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeasExported
from portal.database import db, reading_only
from portal.ideas.models import Idea
from portal.transfer.complete.converting import written
from portal.transfer.complete.listing import Carried, carried
from portal.transfer.exporting import whole

FORMAT, VERSION = "portal", 1
AT_ONCE = 1_000


def write(path: Path, advance: Callable[[int], object] = lambda _rows: None) -> dict[str, int]:
    """Write all to `path`, whole or not at all, and record that it was taken out; the caller commits.

    Returns table -> rows. All tables are of one moment. Raises Unwritable where the file cannot be made.
    """
    db.session.rollback()
    counts: dict[str, int] = {}
    with reading_only():
        if db.engine.dialect.name == "postgresql":
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))

        def fill(draft: Path) -> None:
            with draft.open("w", encoding="utf-8", newline="\n") as file:
                counts.update(_fill(file, advance))

        whole(path, fill)
        db.session.rollback()
    told = IdeasExported(
        actor_id=None,
        format="json",
        filters={"complete": True},
        ideas=counts["idea"],
        people=counts["person"],
    )
    journal.record(told)
    return counts


def work() -> int:
    """How many rows there are to write, for a progress bar."""
    with reading_only():
        models = (Idea, Person, *(each.model for each in carried() if each.table.name in {"vote", "post"}))
        total = sum(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in models)
        db.session.rollback()
    return total


def _fill(file: TextIO, advance: Callable[[int], object]) -> Iterator[tuple[str, int]]:
    file.write(f'{{"format":{json.dumps(FORMAT)},"version":{VERSION}')
    for each in carried():
        file.write(f",\n{json.dumps(each.table.name)}:[")
        count = 0
        for row in rows_of(each):
            file.write(",\n" if count else "\n")
            json.dump(row, file, ensure_ascii=False, separators=(",", ":"))
            count += 1
            advance(1)
        file.write("\n]" if count else "]")
        yield each.table.name, count
    file.write("\n}\n")


def rows_of(each: Carried) -> Iterator[dict[str, Any]]:
    """The rows of one table as they stand in the file."""
    columns = each.columns
    select = sa.select(*columns).order_by(*each.first, *map(_in_any_database, each.table.primary_key))
    if each.where is not None:
        select = select.where(each.where())
    for row in db.session.execute(select.execution_options(yield_per=AT_ONCE)):
        values = {column.name: written(column, value) for column, value in zip(columns, row, strict=True)}
        yield each.tell(values)


def _in_any_database(column: sa.Column[Any]) -> Any:
    """Texts in the order of their bytes, which is the same everywhere."""
    is_text = isinstance(column.type, sa.String) and db.engine.dialect.name == "postgresql"
    return sa.collate(column, "C") if is_text else column
