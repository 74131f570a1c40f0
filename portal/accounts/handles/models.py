"""The table of handles."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class Place(StrEnum):
    """Where somebody is found."""

    LINKEDIN = "linkedin"
    GITHUB = "github"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    X = "x"
    YOUTUBE = "youtube"
    WEBSITE = "website"
    OTHER = "other"

    @property
    def label(self) -> str:
        """In words."""
        written = {"linkedin": "LinkedIn", "github": "GitHub", "youtube": "YouTube", "other": "Another place"}
        return written.get(self.value, self.value.capitalize())


_PLACES = ", ".join(f"'{each}'" for each in Place)


class Handle(Model):
    """A name or an address under which a person says they are found in another place. Nobody proved it."""

    __tablename__ = "handle"
    __table_args__ = (
        sa.CheckConstraint(f"place IN ({_PLACES})", name="place"),
        sa.UniqueConstraint("person_id", "place", "address"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(sa.String(10))
    address: Mapped[str] = mapped_column(sa.String(200))
    added_at: Mapped[datetime]

    @property
    def label(self) -> str:
        """The place in words."""
        return Place(self.place).label

    @property
    def href(self) -> str | None:
        """Where it leads, if it is an address."""
        return self.address if self.address.startswith("https://") else None
