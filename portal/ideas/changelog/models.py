"""Tables of the changelog."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model
from portal.ideas.audience import Admitting, Audience, one_of_three, within


class Stage(StrEnum):
    """How far an entry is."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ChangelogEntry(Model):
    """What was shipped, in words. `decided_by` is who scheduled, published or withdrew it.

    `publish_at` is set exactly while it is scheduled. `held_because` says why it was not published at its time.
    """

    __tablename__ = "changelog_entry"
    __table_args__ = (
        within("stage", Stage),
        within("audience", Audience),
        sa.CheckConstraint("(stage = 'scheduled') = (publish_at IS NOT NULL)", name="has_its_time"),
        sa.CheckConstraint(
            "(stage IN ('published', 'withdrawn')) = (published_at IS NOT NULL)", name="was_published"
        ),
        sa.CheckConstraint("(stage = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="was_withdrawn"),
        sa.UniqueConstraint("written_by_id", "form_key"),
        sa.Index(None, "published_at", "id"),
        sa.Index(None, "stage", "publish_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text, default="")
    body_html: Mapped[str] = mapped_column(sa.Text, default="")
    cooked_with: Mapped[str] = mapped_column(sa.String(10))
    stage: Mapped[str] = mapped_column(sa.String(10), default=Stage.DRAFT)
    audience: Mapped[str] = mapped_column(sa.String(20), default=Audience.PUBLIC)
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])
    form_key: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    held_because: Mapped[str] = mapped_column(sa.String(300), default="")
    admission: ClassVar[Any]

    @property
    def slug_source(self) -> str:
        return self.title

    @property
    def updated_at(self) -> datetime:
        """When its readers last got something new."""
        return self.edited_at or self.published_at or self.created_at

    @property
    def for_whom(self) -> str:
        """The audience in words."""
        return Audience(self.audience).label

    @property
    def is_published(self) -> bool:
        return self.stage == Stage.PUBLISHED


class ChangelogAdmission(Admitting, Model):
    """That an entry is for a company, a segment or a tier."""

    __tablename__ = "changelog_admission"
    __table_args__ = one_of_three("entry_id")
    place = "entry_id"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("changelog_entry.id"))


ChangelogEntry.admission = ChangelogAdmission


class ChangelogKind(Model):
    """A word for what an entry brings: new, better, fixed. While there are no rows, `BUILT_IN` holds."""

    __tablename__ = "changelog_kind"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    colour: Mapped[str] = mapped_column(sa.String(10), default="plain")
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]


BUILT_IN = (("new", "New", "accent"), ("better", "Better", "good"), ("fixed", "Fixed", "warm"))
"""Key, name and colour of the kinds that are there from the beginning."""


class ChangelogLabel(Model):
    """That an entry is of a kind."""

    __tablename__ = "changelog_label"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("changelog_entry.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True, index=True)


class ChangelogIdea(Model):
    """That an entry tells of an idea."""

    __tablename__ = "changelog_idea"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("changelog_entry.id"), primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True, index=True)
    linked_at: Mapped[datetime]


class ChangelogFollow(Model):
    """That a person wants to hear of new entries."""

    __tablename__ = "changelog_follow"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, autoincrement=False)
    since: Mapped[datetime]
