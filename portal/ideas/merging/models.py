"""The table of merges."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model
from portal.ideas.models import Idea


class Merge(Model):
    """That an idea was merged into another: who, when, why; and who ended that, when and why.

    `target_id` is what was chosen; where that was merged itself, `idea.merged_into_id` says what counts.
    `imported_up` and `imported_down` are the votes without voters that the target counts since then. Nobody here merged
    what came merged from another portal: `merged_by` is None then, and `at` when it came.
    """

    __tablename__ = "idea_merge"
    __table_args__ = (
        sa.CheckConstraint("source_id <> target_id", name="two_ideas"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone"),
        sa.Index(
            "ix_idea_merge_in_force",
            "source_id",
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    source: Mapped[Idea] = relationship(lazy="raise", foreign_keys=[source_id])
    target_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    target: Mapped[Idea] = relationship(lazy="raise", foreign_keys=[target_id])
    merged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    merged_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[merged_by_id])
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    imported_up: Mapped[int] = mapped_column(default=0)
    imported_down: Mapped[int] = mapped_column(default=0)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    undone_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[undone_by_id])
    undone_reason: Mapped[str | None] = mapped_column(sa.String(500))

    @property
    def by_whom(self) -> str:
        """To stand after "by"."""
        return self.merged_by.name if self.merged_by else "whoever brought them here"


Idea.had_merges = column_property(
    sa.exists().where(sa.or_(Merge.source_id == Idea.id, Merge.target_id == Idea.id)).correlate(Idea)
)
