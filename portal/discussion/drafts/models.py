"""The table of drafts."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model

KINDS = ("idea", "topic", "entry")


class Draft(Model):
    """A form that somebody began to fill in. `key` is of that form, so that two tabs have two drafts.

    `version` counts what was saved: a form that knows an older one was changed elsewhere. Once posted the draft
    is empty and `used_at` is set, so that a late save of the same form makes no draft again. Without a person it
    waits for whoever holds `claim` to sign in: their session ended while they wrote.
    """

    __tablename__ = "draft"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('idea', 'topic', 'entry')", name="kind"),
        sa.UniqueConstraint("person_id", "key"),
        sa.Index(None, "person_id", "updated_at"),
        sa.Index(None, "updated_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    claim: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    key: Mapped[str] = mapped_column(sa.String(64))
    fields: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @property
    def title(self) -> str:
        """What it is called in a list."""
        return self.said("title")[:200] or "Without a title"

    @property
    def slug_source(self) -> str:
        """Nothing: a draft is found by its number alone."""
        return ""

    def said(self, name: str) -> str:
        """One field as text; "" when it was not filled in."""
        return "\n".join(self.fields.get(name, ()))
