"""Marking ideas whose demand is to be counted again by and by."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from portal.database import db
from portal.ideas.models import Idea
from portal.voting.demand.models import Recount


def mark(ids: sa.Select[Any]) -> None:
    """Mark the ideas that the select names. One that is marked already stays so."""
    new = sa.select(Idea.id).where(Idea.id.in_(ids)).order_by(Idea.id)
    dialect: Any = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(sa.inspect(Recount).local_table).from_select(["idea_id"], new)
    db.session.execute(insert.on_conflict_do_nothing())


def mark_all() -> None:
    """Mark every idea."""
    mark(sa.select(Idea.id))
