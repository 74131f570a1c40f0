"""All rows of all tables, to compare what was before with what is after."""

from portal.database import db
from tests import reading_rows

TOLD = {"entry", "ledger_line", "idea_merge", "alembic_version"}
"""What tells of each act and only grows."""
FOLDED = {"portion", "vote_day", "recount", "folded_day"}
"""What the worker makes anew from the votes, as of a day; audited on its own."""


def dump():
    """Table -> its rows, without those that tell of acts. A rank may differ by the order in which it was summed up."""
    db.session.commit()
    found = {}
    for name, rows in reading_rows.of_all(db.session.connection()):
        if name not in TOLD | FOLDED:
            found[name] = [{column: _plain(column, value) for column, value in row.items()} for row in rows]
    db.session.rollback()
    return found


def _plain(name, value):
    return round(value, 6) if name == "hot" else value
