"""Tables of the journal."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from portal.database import Id, Model


class CurrentTransaction(FunctionElement[int]):
    """The number of the transaction that runs the statement; 0 on SQLite, where writers come one by one."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(CurrentTransaction)
def _no_number(_element: CurrentTransaction, _compiler: Any, **_options: Any) -> str:
    return "0"


@compiles(CurrentTransaction, "postgresql")
def _number(_element: CurrentTransaction, _compiler: Any, **_options: Any) -> str:
    return "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)"


EXPORTED = ("ideas_exported", "customer_records_exported", "export_fetched")
REMOVED = "kind = 'added_vote_removed'"
_EXPORTED = f"kind IN ({', '.join(repr(kind) for kind in EXPORTED)})"


class Entry(Model):
    """One fact. Ordered by (xid, id): on PostgreSQL `xid` is the transaction that wrote it, on SQLite 0.

    The default makes every way in set `xid`, also a bulk insert; readers would miss an entry without it.
    """

    __tablename__ = "entry"
    __table_args__ = (
        sa.Index(None, "xid", "id"),
        sa.Index(
            "ix_entry_exports", "id", sqlite_where=sa.text(_EXPORTED), postgresql_where=sa.text(_EXPORTED)
        ),
        # Few among very many, and each looked for by whom it names, not by who did it.
        sa.Index("ix_entry_removed", "id", sqlite_where=sa.text(REMOVED), postgresql_where=sa.text(REMOVED)),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    xid: Mapped[int] = mapped_column(sa.BigInteger, default=CurrentTransaction())
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    data: Mapped[dict[str, Any]]


EXPORTS = sa.text(_EXPORTED)
"""The condition on entries that say who took what out, in the very words of the index that finds them."""


class ReaderPosition(Model):
    """How far a reader has come: all entries up to and with (xid, entry_id) are done."""

    __tablename__ = "reader_position"

    reader: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    xid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    entry_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    moved_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(sa.Text)
    failed_at: Mapped[datetime | None]
