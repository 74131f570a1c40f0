"""Tables of the customer record: what staff set aside, and what was read again."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.crm_bridge import noting
from portal.database import Id, Model

OPEN = sa.text("ended_at IS NULL")


class CrmAside(Model):
    """That staff set aside what a CRM did not take: who, when and why; until `ended_at`.

    `number` is the idea of a vote, the entry of an interaction, and else 0.
    """

    __tablename__ = "crm_aside"
    __table_args__ = (
        sa.CheckConstraint("entity IN ('person', 'company', 'vote', 'interaction')", name="entity"),
        sa.Index(
            "ix_crm_aside_open",
            *("entity_id", "connection", "entity", "number"),
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    connection: Mapped[str] = mapped_column(sa.ForeignKey("crm_connection.name", ondelete="CASCADE"))
    entity: Mapped[str] = mapped_column(sa.String(12))
    entity_id: Mapped[int] = mapped_column(sa.BigInteger)
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[by_id])
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.String(500))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


@noting.repeats
class CrmReading(Model):
    """What a CRM said of a person or a company when staff last had it read again.

    `found`: whether it was `there`, its `fields` (ours, theirs), and of the `votes` those that differ.
    """

    __tablename__ = "crm_reading"
    __table_args__ = (sa.CheckConstraint("entity IN ('person', 'company')", name="entity"),)

    connection: Mapped[str] = mapped_column(
        sa.ForeignKey("crm_connection.name", ondelete="CASCADE"), primary_key=True
    )
    entity: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    entity_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    found: Mapped[dict[str, Any]]


@noting.repeats
class CrmReadingAsked(Model):
    """That staff want a person or a company read again from a CRM: who, and since when. It goes when it was read; until
    then `failed_at` and `says` are when and why it could not be.
    """

    __tablename__ = "crm_reading_asked"
    __table_args__ = (sa.CheckConstraint("entity IN ('person', 'company')", name="entity"),)

    connection: Mapped[str] = mapped_column(
        sa.ForeignKey("crm_connection.name", ondelete="CASCADE"), primary_key=True
    )
    entity: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    entity_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    failed_at: Mapped[datetime | None]
    says: Mapped[str] = mapped_column(sa.String(1_000), default="")

    @property
    def waits(self) -> bool:
        """Whether the worker will read it, or is at it."""
        return self.failed_at is None
