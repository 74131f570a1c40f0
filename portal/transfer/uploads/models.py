"""The table of imports that were begun on the page."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model

CHORE = "take_uploads"
"""What the worker is asked for."""


class Stage(StrEnum):
    """How far an import is. The worker takes those that are to be checked or taken."""

    TO_CHECK = "to_check"
    CHECKED = "checked"
    TO_TAKE = "to_take"
    TAKEN = "taken"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    DISCARDED = "discarded"


STAGES = {
    Stage.TO_CHECK: ("Being checked", "accent"),
    Stage.CHECKED: ("Checked", "warm"),
    Stage.TO_TAKE: ("Being imported", "accent"),
    Stage.TAKEN: ("Imported", "good"),
    Stage.REFUSED: ("Cannot be taken", "bad"),
    Stage.INTERRUPTED: ("Interrupted", "warm"),
}
"""How a page calls a stage, and the tone of its chip."""
WAITING = frozenset({Stage.TO_CHECK, Stage.TO_TAKE})
OPEN = frozenset({Stage.CHECKED, Stage.REFUSED, Stage.INTERRUPTED})
"""Stages in which the page takes another wish."""


class Upload(Model):
    """Files that somebody uploaded, what they shall mean, and what came of it.

    `wishes` are those of portal/transfer/tables/mapping.py and the preset; `found` is what the check or the import
    said: tables with their columns, the first rows, the counts. `began_at` is set while the worker is at it.
    """

    __tablename__ = "upload"
    __table_args__ = (
        sa.CheckConstraint(f"stage IN ({', '.join(repr(str(each)) for each in Stage)})", name="stage"),
        sa.Index(None, "at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise")
    at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(sa.String(12), default=Stage.TO_CHECK)
    files: Mapped[dict[str, Any]]
    wishes: Mapped[dict[str, Any]]
    found: Mapped[dict[str, Any]]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    says: Mapped[str] = mapped_column(sa.String(1_000), default="")

    @property
    def names(self) -> list[str]:
        """The names of the files, as they were uploaded."""
        return list(self.files["names"])

    @property
    def words(self) -> tuple[str, str]:
        """How a page calls its stage, and the tone."""
        return STAGES[Stage(self.stage)]

    @property
    def is_waiting(self) -> bool:
        """Whether the worker is at it, or will be."""
        return self.stage in WAITING

    @property
    def is_open(self) -> bool:
        """Whether something else may be wished, or it be taken."""
        return self.stage in OPEN

    @property
    def slug_source(self) -> str:
        return ""
