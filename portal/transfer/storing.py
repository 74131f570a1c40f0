"""Adding many rows at once, each source row once."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from portal.crm_bridge.upserting import INSERTS
from portal.database import db

BATCH = 500


def add(model: Any, rows: Iterable[dict[str, Any]]) -> int:
    """Insert rows (all with the same columns) in batches; returns how many."""
    count = 0
    for batch in batches(rows):
        db.session.execute(sa.insert(model), batch)
        count += len(batch)
    return count


def add_new(model: Any, rows: Sequence[dict[str, Any]]) -> int:
    """Insert those rows that break no rule that there be only one of them; returns how many."""
    return len(added(model, rows, sa.literal(1)))


def added(model: Any, rows: Sequence[dict[str, Any]], *columns: Any) -> list[Any]:
    """The same; returns these columns of the rows that were inserted."""
    if not rows:
        return []
    insert = INSERTS[db.session.get_bind().dialect.name](model).on_conflict_do_nothing()
    return list(db.session.execute(insert.returning(*columns), rows).all())


def known(model: Any, source: str) -> dict[str, int]:
    """Source id -> id of every row that came from `source`."""
    rows = sa.select(model.source_id, model.id).where(model.source_system == source)
    return {str(row.source_id): row.id for row in db.session.execute(rows)}


def batches(rows: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Lists of at most `size` rows."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def make_ready_to_count(*models: Any) -> None:
    """Before the big statements: PostgreSQL learns how large the tables became, and may take its time.

    It would plan for the tables as they were before this transaction.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        for model in models:
            db.session.execute(sa.text(f"ANALYZE {model.__table__.name}"))
