"""Belonging: which idea counts for which, as columns of an idea."""

from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

_MERGED = sa.text("merged_into_id IS NOT NULL")


class Belonging:
    """`merged_into_id` is the idea that counts for this one, at the end of however many merges, and `sources` how
    many ideas this one counts for beside itself (portal/ideas/merging)."""

    had_merges: ClassVar[Any]
    """Whether it ever was part of a merge; portal/ideas/merging/models.py says how that is read."""
    sources: Mapped[int] = mapped_column(default=0, server_default="0")

    @declared_attr
    def merged_into_id(cls) -> Mapped[int | None]:
        return mapped_column(sa.ForeignKey("idea.id"))

    @property
    def is_merged(self) -> bool:
        """Whether another idea counts for this one."""
        return self.merged_into_id is not None


def constraints() -> tuple[Any, ...]:
    """The constraints and indexes of a table of such things."""
    return (
        sa.CheckConstraint("sources >= 0", name="sources_not_negative"),
        # Of the few that were merged only: a list, which leaves them out, is not to be read through it.
        sa.Index(None, "merged_into_id", sqlite_where=_MERGED, postgresql_where=_MERGED),
    )
