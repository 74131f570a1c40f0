"""For whom a place is: the audience that it names, and the rows that choose companies for it."""

from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id


class Audience(StrEnum):
    """Who may know what stands on a board. Staff always may."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    COMPANIES = "companies"
    STAFF = "staff"

    @property
    def label(self) -> str:
        """In words, after "for": "the chosen companies"."""
        return AUDIENCE_WORDS[self]


AUDIENCE_WORDS = {
    Audience.PUBLIC: "everybody",
    Audience.SIGNED_IN: "everybody who signed in",
    Audience.COMPANIES: "the chosen companies",
    Audience.STAFF: "staff",
}


class Party(StrEnum):
    """Who may post, vote or comment, among those who see a board. Staff may wherever anybody may."""

    EVERYONE = "everyone"
    COMPANIES = "companies"
    STAFF = "staff"
    NOBODY = "nobody"


def within(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    """The constraint that a column holds one of these values."""
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(str(each)) for each in values)})", name=column)


class Admitting:
    """Columns of a row that says: this place is for a company, or for every company of a segment or of a tier.

    One of the three is set. `place` names the column of the place.
    """

    place: ClassVar[str]

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id"), index=True)
    segment: Mapped[str | None] = mapped_column(sa.String(80))
    tier: Mapped[str | None] = mapped_column(sa.String(40))


def one_of_three(place: str) -> tuple[sa.Constraint, ...]:
    """What the database refuses in a table of admissions."""
    return (
        sa.CheckConstraint(
            "CASE WHEN company_id IS NULL THEN 0 ELSE 1 END + CASE WHEN segment IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN tier IS NULL THEN 0 ELSE 1 END = 1",
            name="one_of_three",
        ),
        sa.UniqueConstraint(place, "company_id"),
        sa.UniqueConstraint(place, "segment"),
        sa.UniqueConstraint(place, "tier"),
    )
