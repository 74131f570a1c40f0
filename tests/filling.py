"""Filling a table with very many rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from portal.database import db


@contextmanager
def filled(table: Any) -> Iterator[sa.Connection]:
    """A transaction in which very many rows of a table are written, all of which name rows that are there.

    The indexes are made anew afterwards, which is quicker, and PostgreSQL learns how large the table became.
    """
    db.session.commit()
    with db.engine.begin() as connection:
        on_postgresql = connection.dialect.name == "postgresql"
        if on_postgresql:
            # It would look at what each row names, one by one.
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for index in table.indexes:
            index.drop(connection)
        yield connection
        for index in table.indexes:
            index.create(connection)
        if on_postgresql:
            connection.execute(sa.text(f"ANALYZE {table.name}"))
