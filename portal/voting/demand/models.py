"""Tables of demand: rates of currencies, portions of the demand for an idea, votes by day, and what waits."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model

MOST_REVENUE = 2**63 - 1


class Wanted:
    """The numbers of demand as columns. Tallies without voters are no part of any of them.

    `accounts` are the companies of those who voted for it; `revenue` is theirs in a year, each once, in whole
    units of the house currency, without the `unpriced` ones, whose currency has no rate. `account_weight` is, in
    thousandths, the sum over accounts of the square root of the votes in each, and one for each person without a
    company. `deals` are open with the accounts, and worth `deals_worth` in the house currency, without those that have
    no amount or no rate.
    """

    people: Mapped[int] = mapped_column(default=0, server_default="0")
    accounts: Mapped[int] = mapped_column(default=0, server_default="0")
    revenue: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    unpriced: Mapped[int] = mapped_column(default=0, server_default="0")
    account_weight: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    deals: Mapped[int] = mapped_column(default=0, server_default="0")
    deals_worth: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")


class Portion(Wanted, Model):
    """The demand for an idea among some of the votes for it; there is no row where there are none.

    `among` is "7", "30", "90" or "365" (the votes of the last so many days), "tier:…" or "segment:…" (those of the
    companies of a tier or segment).
    """

    __tablename__ = "portion"
    __table_args__ = (
        sa.Index(None, "among", "people", "idea_id"),
        sa.Index(None, "among", "accounts", "idea_id"),
        sa.Index(None, "among", "revenue", "idea_id"),
        sa.Index(None, "among", "account_weight", "idea_id"),
    )

    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True, autoincrement=False)
    among: Mapped[str] = mapped_column(sa.String(100), primary_key=True)


class VoteDay(Model):
    """How many of the votes for an idea were cast on a day (UTC)."""

    __tablename__ = "vote_day"
    __table_args__ = (sa.Index(None, "day", "idea_id", "votes"),)

    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    votes: Mapped[int]


class Recount(Model):
    """That the demand for an idea waits to be counted again."""

    __tablename__ = "recount"

    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True, autoincrement=False)


class FoldedDay(Model):
    """The day as of which windows, what rises and what waits were counted: one row."""

    __tablename__ = "folded_day"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    day: Mapped[date]


class Rate(Model):
    """What one unit of `currency` is worth in the `house` currency, as of the day `on`.

    The row of a currency without `replaced_at` holds. The house currency is the one whose row names itself.
    """

    __tablename__ = "currency_rate"
    __table_args__ = (
        sa.CheckConstraint("rate > 0", name="rate_positive"),
        sa.Index(
            "ix_currency_rate_that_holds",
            "currency",
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    currency: Mapped[str] = mapped_column(sa.String(3))
    house: Mapped[str] = mapped_column(sa.String(3))
    rate: Mapped[Decimal] = mapped_column(sa.Numeric(18, 8))
    on: Mapped[date]
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    entered_by: Mapped[Person | None] = relationship(lazy="raise")
    entered_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
