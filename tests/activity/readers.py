"""Readers that the tests let follow the journal."""

import sqlalchemy as sa

from portal.database import db

handled = sa.Table("handled", sa.MetaData(), sa.Column("entry_id", sa.BigInteger, nullable=False))
"""One row for each time that an entry was read. There is no unique constraint: a second row would be seen."""


class Noting:
    """Writes down what it reads in the same database, so that each entry must be there exactly once."""

    name = "noting"

    def read(self, entries):
        db.session.execute(handled.insert(), [{"entry_id": each.id} for each in entries])


class Remembering:
    """Keeps the ids of what it reads; `after` is called at the end of each batch."""

    def __init__(self, name="remembering", after=lambda: None):
        self.name = name
        self.after = after
        self.seen = []

    def read(self, entries):
        self.seen.extend(each.id for each in entries)
        self.after()


class RememberingElsewhere(Remembering):
    elsewhere = True
