"""All rows of all tables, to compare what was before with what is after."""

from functools import cache

import sqlalchemy as sa

from portal.database import db

TOLD = {"entry", "ledger_line", "idea_merge", "alembic_version"}
"""What tells of each act and only grows."""
FOLDED = {"portion", "vote_day", "recount", "folded_day"}
"""What the worker makes anew from the votes, as of a day; audited on its own."""


@cache
def _statements():
    """Table -> what reads it; as text, for most tables are empty and building a statement takes longer than reading."""
    dialect = db.engine.dialect
    return {
        table.name: str(sa.select(table).order_by(*table.primary_key.columns).compile(dialect=dialect))
        for table in db.metadata.sorted_tables
        if table.name not in TOLD | FOLDED
    }


def dump():
    """Table -> its rows, without those that tell of acts. A rank may differ by the order in which it was summed up."""
    db.session.commit()
    found = {}
    for name, statement in _statements().items():
        rows = db.session.connection().exec_driver_sql(statement).mappings()
        found[name] = [{column: _plain(column, value) for column, value in row.items()} for row in rows]
    db.session.rollback()
    return found


def _plain(name, value):
    return round(value, 6) if name == "hot" else value
