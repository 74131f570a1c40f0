"""Asking people after a decision: what an idea carries of their answers, and what a board says about asking."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, query_expression


class Answered:
    """What people say of a decided idea, as columns of it, and what the viewer said, read for its page alone.

    `solved_…` count since it was shipped who of those who wanted it says that it solves it; `appeals` since the last
    decision which customers still want it, and `asked_again_at` is when those were enough. `helped` counts who of those
    who voted says that a workaround helps them for now (portal/moderation/workarounds).
    """

    solved_yes: Mapped[int] = mapped_column(default=0, server_default="0")
    solved_partly: Mapped[int] = mapped_column(default=0, server_default="0")
    solved_no: Mapped[int] = mapped_column(default=0, server_default="0")
    appeals: Mapped[int] = mapped_column(default=0, server_default="0")
    asked_again_at: Mapped[datetime | None]
    helped: Mapped[int] = mapped_column(default=0, server_default="0")
    is_asked: ClassVar[Any]
    """Whether people are asked if they still want it (portal/ideas/inquiring)."""

    @declared_attr
    def is_followed(cls) -> Mapped[bool | None]:
        return query_expression()

    @declared_attr
    def my_verdict(cls) -> Mapped[str | None]:
        return query_expression()

    @declared_attr
    def has_my_appeal(cls) -> Mapped[bool | None]:
        return query_expression()

    @property
    def verdicts(self) -> int:
        """How many said whether it solves it."""
        return self.solved_yes + self.solved_partly + self.solved_no


class Asking:
    """How many customers who still want a decided idea bring it before staff again (0: none do), and whether it is put
    under review then; as columns of a board.

    After `quiet_months` without a sign of life (0: never) who wanted an open idea is asked whether they still do; it
    takes the status `quiet_status` when nobody says so within `quiet_days` (portal/ideas/inquiring).
    """

    revive_at: Mapped[int] = mapped_column(default=10, server_default="10")
    revive_moves: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    quiet_months: Mapped[int] = mapped_column(default=0, server_default="0")
    quiet_days: Mapped[int] = mapped_column(default=30, server_default="30")
    quiet_status: Mapped[str] = mapped_column(sa.String(20), default="declined", server_default="declined")
    forget_months: Mapped[int] = mapped_column(default=0, server_default="0")
    """So many months after an idea was closed it is forgotten who voted (0: never; portal/ideas/forgetting)."""


def _some(name: str, column: str, condition: str) -> sa.Index:
    return sa.Index(name, column, "id", sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))


def indexes() -> tuple[sa.Index, ...]:
    """Of the few ideas that deserve a second look."""
    return (
        _some("ix_idea_unsolved", "solved_no", "solved_no > 0"),
        _some("ix_idea_asked_again", "appeals", "asked_again_at IS NOT NULL"),
        _some("ix_idea_helped", "helped", "helped > 0"),
    )
