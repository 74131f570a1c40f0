"""Insert-or-change in one statement, as SQLite and PostgreSQL both know it."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from portal.database import Model, db

INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def upsert(
    model: type[Model], rows: Sequence[Mapping[str, Any]], change: Sequence[str] | Mapping[str, Any]
) -> None:
    """Insert the rows; where the primary key is taken, change these columns instead.

    `change` names columns that take the new value, or maps columns to expressions. Empty: the old row stays.
    All rows name the same columns.
    """
    if not rows:
        return
    table = sa.inspect(model).local_table
    insert = INSERTS[db.session.get_bind().dialect.name](table)
    keys = list(table.primary_key)
    new = change if isinstance(change, Mapping) else {name: insert.excluded[name] for name in change}
    if new:
        insert = insert.on_conflict_do_update(index_elements=keys, set_=dict(new))
    else:
        insert = insert.on_conflict_do_nothing(index_elements=keys)
    db.session.execute(insert, list(rows))
