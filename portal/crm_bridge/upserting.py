"""Insert-or-change in one statement, as SQLite and PostgreSQL both know it."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from portal.database import Model, db

INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def upsert(
    model: type[Model], rows: Sequence[Mapping[str, Any]], change: Sequence[str], count: str = ""
) -> None:
    """Insert the rows; where the primary key is taken, these columns take the new value instead.

    `count` names a column that goes up by one then. With neither, the old row stays. All rows name the same columns.
    """
    if rows:
        dialect = db.session.get_bind().dialect.name
        db.session.execute(
            _statement(dialect, sa.inspect(model).local_table, tuple(change), count), list(rows)
        )


@cache
def _statement(dialect: str, table: Any, change: tuple[str, ...], count: str) -> Any:
    insert = INSERTS[dialect](table)
    keys = list(table.primary_key)
    new = {name: insert.excluded[name] for name in change}
    if count:
        new[count] = table.c[count] + 1
    if new:
        return insert.on_conflict_do_update(index_elements=keys, set_=new)
    return insert.on_conflict_do_nothing(index_elements=keys)
