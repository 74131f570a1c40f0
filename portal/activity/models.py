"""Tables of the journal."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class Entry(Model):
    """One fact. Ordered by (xid, id): on PostgreSQL `xid` is the transaction that wrote it, on SQLite 0."""

    __tablename__ = "entry"
    __table_args__ = (sa.Index(None, "xid", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    xid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    data: Mapped[dict[str, Any]]


class ReaderPosition(Model):
    """How far a reader has come: all entries up to and with (xid, entry_id) are done."""

    __tablename__ = "reader_position"

    reader: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    xid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    entry_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    moved_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(sa.Text)
    failed_at: Mapped[datetime | None]
