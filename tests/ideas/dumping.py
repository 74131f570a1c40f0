"""All rows of all tables, to compare what was before with what is after."""

import sqlalchemy as sa

from portal.database import db

TOLD = {"entry", "ledger_line", "idea_merge", "alembic_version"}
"""What tells of each act and only grows."""
FOLDED = {"portion", "vote_day", "recount", "folded_day"}
"""What the worker makes anew from the votes, as of a day; audited on its own."""


def dump():
    """Table -> its rows, without those that tell of acts. A rank may differ by the order in which it was summed up."""
    db.session.commit()
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name not in TOLD | FOLDED:
            rows = db.session.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings()
            found[table.name] = [{name: _plain(name, value) for name, value in row.items()} for row in rows]
    db.session.rollback()
    return found


def _plain(name, value):
    return round(value, 6) if name == "hot" else value
