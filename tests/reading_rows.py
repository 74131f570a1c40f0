"""Reading all rows of all tables, again and again."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.database import db


def of_all(connection: sa.Connection) -> Iterator[tuple[str, Sequence[Any]]]:
    """Each table with its rows in the order of their keys, as the driver gives them."""
    for name, statement in _statements(connection.dialect):
        yield name, connection.exec_driver_sql(statement).mappings().all()


@cache
def _statements(dialect: sa.Dialect) -> tuple[tuple[str, str], ...]:
    # As text: most tables are empty, and putting a statement together takes longer than reading none.
    queries = (
        (each.name, sa.select(each).order_by(*each.primary_key.columns)) for each in db.metadata.sorted_tables
    )
    return tuple((name, str(query.compile(dialect=dialect))) for name, query in queries)
