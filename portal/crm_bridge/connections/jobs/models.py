"""The table of jobs."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model

CHORE = "work_crm_jobs"
"""What the worker is asked for."""


class Act(StrEnum):
    """What is to be done with a connection."""

    TEST = "test"
    CHECK = "check"
    APPLY = "apply"
    PLAN = "plan"
    PUSH = "push"
    PULL = "pull"
    DRIFT = "drift"
    REPAIR = "repair"
    ERASE = "erase"


class Stage(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


def _in(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(str(each)) for each in values)})", name=column)


OPEN = "ended_at IS NULL"
AT_WORK = "stage = 'running'"


class CrmJob(Model):
    """Something that is done with a connection, once however often it is asked for while it is open.

    `found` is what came of it: counts, and lines that name records by our ids and fields by their names, never what
    stands in them. `beat_at` says that the worker still lives, `stop_at` that somebody does not want it any more. It
    outlives its connection: what was erased there when that was taken away can still be read.
    """

    __tablename__ = "crm_job"
    __table_args__ = (
        _in("act", Act),
        _in("stage", Stage),
        sa.CheckConstraint("(ended_at IS NULL) = (stage IN ('waiting', 'running'))", name="ends"),
        sa.Index(None, "connection", "id"),
        sa.Index(
            "ix_crm_job_open",
            "connection",
            "act",
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        ),
        # One at a time over all connections: the worker has other things to do beside.
        sa.Index(
            "ix_crm_job_at_work",
            "stage",
            unique=True,
            sqlite_where=sa.text(AT_WORK),
            postgresql_where=sa.text(AT_WORK),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    connection: Mapped[str] = mapped_column(sa.String(40))
    act: Mapped[str] = mapped_column(sa.String(10))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    by: Mapped[Person | None] = relationship(lazy="raise")
    at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(sa.String(10), default=Stage.WAITING)
    began_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    stop_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    says: Mapped[str] = mapped_column(sa.String(1_000), default="")
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @property
    def is_open(self) -> bool:
        """Whether the worker is at it, or will be."""
        return self.ended_at is None
