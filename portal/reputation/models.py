"""The table of the ledger, and badges that came with an import."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class LedgerLine(Model):
    """Points for one cause. Rows are only ever added: triggers refuse UPDATE and DELETE, but for forgetting who gave them.

    A reversal is a line of its own that names the line it takes back. `cause` says what the points are for
    ("answer_vote:7:12" is person 12's vote on post 7); lines of one cause are granted and reversed in turn, and
    `key` is the cause with a running number, so that no line can be written twice.
    """

    __tablename__ = "ledger_line"
    __table_args__ = (sa.Index(None, "person_id", "id"), sa.Index(None, "source", "source_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    rule: Mapped[str] = mapped_column(sa.String(40))
    rule_version: Mapped[int]
    asked: Mapped[int]
    granted: Mapped[int]
    source: Mapped[str] = mapped_column(sa.String(10))
    source_id: Mapped[int] = mapped_column(sa.BigInteger)
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger_line.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    cause: Mapped[str] = mapped_column(sa.String(80), index=True)
    key: Mapped[str] = mapped_column(sa.String(100), unique=True)


class ImportedBadge(Model):
    """A badge that a person held in the system of an import; repeatable, and kept apart from what is earned here."""

    __tablename__ = "imported_badge"
    __table_args__ = (
        sa.UniqueConstraint("source_system", "source_id"),
        sa.Index(None, "person_id", "awarded_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(sa.String(80))
    grade: Mapped[int | None] = mapped_column(sa.SmallInteger)
    awarded_at: Mapped[datetime]
    source_system: Mapped[str] = mapped_column(sa.String(120))
    source_id: Mapped[str] = mapped_column(sa.String(120))
