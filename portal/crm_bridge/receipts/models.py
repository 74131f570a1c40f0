"""The table of receipts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class Done(StrEnum):
    """What became of records."""

    ASKED = "asked"
    """They were there when the account was erased; the next push takes them out."""
    REMOVED = "removed"
    BLANKED = "blanked"
    """The record belongs to others as well: our fields in it are empty."""


class CrmReceipt(Model):
    """A line of a receipt: what became of so many records of a person over one connection, and what the CRM answered.

    It names no idea, so it does not tell what somebody voted for; and it outlives its connection.
    """

    __tablename__ = "crm_receipt"
    __table_args__ = (
        sa.CheckConstraint("done IN ('asked', 'removed', 'blanked')", name="done"),
        sa.CheckConstraint("records > 0", name="records_positive"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    connection: Mapped[str] = mapped_column(sa.String(40))
    vendor: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]
    done: Mapped[str] = mapped_column(sa.String(10))
    remote_type: Mapped[str] = mapped_column(sa.String(40))
    remote_id: Mapped[str | None] = mapped_column(sa.String(120))
    records: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(60))
    answer: Mapped[dict[str, Any]]
