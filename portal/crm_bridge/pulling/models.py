"""Tables of the way back: how far each connection was read, what it said, and what is to be read again."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Model


def _connection() -> Mapped[str]:
    return mapped_column(sa.ForeignKey("crm_connection.name", ondelete="CASCADE"), primary_key=True)


class CrmCursor(Model):
    """How far records of a kind were read. `ended_at` is when nothing newer was left, `began_at` when that look began.

    `names_hash` is of the names that were read: with others everything is read again.
    """

    __tablename__ = "crm_cursor"

    connection: Mapped[str] = _connection()
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    cursor: Mapped[str] = mapped_column(sa.Text, default="")
    ended_at: Mapped[datetime | None]
    names_hash: Mapped[str | None] = mapped_column(sa.String(64))


class CrmPulled(Model):
    """A record as the CRM said it is, and whose it is here: `entity_id` is a company (of an account) or a person.

    `fields` are under our names, `said_at` is when they last said something new, `read_at` when they were last read.
    `unclear` says why an account is nobody's here although it could be. `gone_at`: it is no longer there, and
    `merged_into` is what it became part of.
    """

    __tablename__ = "crm_pulled"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('account', 'contact')", name="kind"),
        sa.Index("ix_crm_pulled_kind_entity_id", "kind", "entity_id"),
        sa.Index("ix_crm_pulled_oldest", "connection", "kind", "read_at"),
    )

    connection: Mapped[str] = _connection()
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    remote_id: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    entity_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    fields: Mapped[dict[str, Any]]
    said_at: Mapped[datetime]
    read_at: Mapped[datetime]
    unclear: Mapped[str | None] = mapped_column(sa.String(300))
    gone_at: Mapped[datetime | None]
    merged_into: Mapped[str | None] = mapped_column(sa.String(120))

    @property
    def words(self) -> list[tuple[str, str]]:
        """The fields to read: "Job role", "Head of Grid"."""
        said = {name: value for name, value in self.fields.items() if value not in (None, "")}
        return [(name.replace("_", " ").capitalize(), _word(value)) for name, value in said.items()]


def _word(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


class CrmDeal(Model):
    """An open deal with an account. One that was won, lost or deleted has no row."""

    __tablename__ = "crm_deal"
    __table_args__ = (
        sa.Index(None, "company_id"),
        sa.Index("ix_crm_deal_account", "connection", "account_id"),
        sa.Index("ix_crm_deal_oldest", "connection", "read_at"),
    )

    connection: Mapped[str] = _connection()
    remote_id: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(sa.String(120))
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    amount: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2))
    currency: Mapped[str] = mapped_column(sa.String(3))
    stage: Mapped[str | None] = mapped_column(sa.String(80))
    closes_on: Mapped[date | None]
    read_at: Mapped[datetime]


class CrmReread(Model):
    """A record that is to be read again, because a message said that it changed."""

    __tablename__ = "crm_reread"
    __table_args__ = (sa.Index(None, "connection", "asked_at"),)

    connection: Mapped[str] = _connection()
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    remote_id: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    asked_at: Mapped[datetime]
    marks: Mapped[int] = mapped_column(default=1)


class CrmHeard(Model):
    """A message that was received, so that it is not taken twice."""

    __tablename__ = "crm_heard"
    __table_args__ = (sa.Index(None, "at"),)

    connection: Mapped[str] = _connection()
    message_id: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    at: Mapped[datetime]
