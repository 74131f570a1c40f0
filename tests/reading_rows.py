"""Reading all rows of all tables, again and again."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.database import db


def of_all(connection: sa.Connection) -> Iterator[tuple[str, Sequence[Any]]]:
    """Each table with its rows in the order of their keys, as the driver gives them."""
    which_hold_rows, statements = _statements(connection.dialect)
    held = set(connection.exec_driver_sql(which_hold_rows).scalars())
    for name, statement in statements:
        yield name, connection.exec_driver_sql(statement).mappings().all() if name in held else []


@cache
def _statements(dialect: sa.Dialect) -> tuple[str, tuple[tuple[str, str], ...]]:
    # As text: most tables are empty, and putting a statement together takes longer than reading none.
    tables = db.metadata.sorted_tables
    asked = sa.union_all(
        *(
            sa.select(sa.literal_column(f"'{each.name}'")).where(sa.exists().select_from(each))
            for each in tables
        )
    )
    queries = ((each.name, sa.select(each).order_by(*each.primary_key.columns)) for each in tables)
    return str(asked.compile(dialect=dialect)), tuple(
        (name, str(query.compile(dialect=dialect))) for name, query in queries
    )
