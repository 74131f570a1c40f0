"""Importing tables as the command does, and looking at what came."""

from pathlib import Path

import sqlalchemy as sa

from portal.database import db
from portal.ideas.models import Idea
from portal.transfer import choosing
from portal.transfer.tables.bringing import Bringing
from portal.transfer.tables.mapping import Wishes, said
from portal.transfer.tables.opening import tables_in

TABLES = Path(__file__).parent / "data" / "tables"


def bring(preset, *paths, words=(), **wishes):
    """Import files of tests/transfer/data/tables (or given by a whole path) and commit; returns the report."""
    columns, statuses = said(tuple(words))
    found = tables_in([TABLES / path for path in paths])
    wished = Wishes(columns=columns, statuses=statuses, **wishes)
    report = Bringing(found, choosing.preset(preset), wished).run()
    db.session.commit()
    return report


def idea(source_id, **more):
    """The idea of that id of the source."""
    db.session.expire_all()
    return db.session.scalars(sa.select(Idea).filter_by(source_id=source_id, **more)).one()


def refusals(report):
    """Where and why rows were left out."""
    return [(where, why) for _file, where, why in report.rows]
