"""Tables of rules, of what was changed in them, of their tests against history, and of their firings."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Company, Person
from portal.activity.trying import Tried
from portal.database import Id, Model


class When(StrEnum):
    """What a rule waits for."""

    ASKED = "question_asked"
    UNANSWERED = "question_unanswered"
    SUBMITTED = "idea_submitted"
    WRITTEN = "text_written"
    VOTED = "vote_cast"
    MOVED = "status_changed"
    ACCEPTED = "answer_accepted"
    REACHED = "points_reached"


class Then(StrEnum):
    """What a rule does."""

    TASK = "task"
    CASE = "case"
    TAG = "tag"
    MAIL = "mail"
    WATCH = "watch"


class FiringState(StrEnum):
    WAITING = "waiting"
    """For the worker, and with a task or a case for the CRM."""
    OPEN = "open"
    """A task for staff here, because the person may not be written into the CRM."""
    DONE = "done"
    FAILED = "failed"
    """The CRM refused it for good, or it failed too often."""
    DROPPED = "dropped"
    """What it is about was hidden, or the person was erased, before anything was sent."""


WAITS: sa.ColumnElement[str] = sa.literal_column("'waiting'")
"""Compared with this, and not with a parameter, SQLite finds what waits by the partial index."""


def _in(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(str(each)) for each in values)})", name=column)


class CrmRule(Model):
    """A rule as it is now. `ready` names the ready-made one that it began as. It is on since `on_since`, and was deleted
    at `deleted_at`; its firings stay. `checked_to`: up to which moment it was looked for unanswered questions."""

    __tablename__ = "crm_rule"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ready: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    version: Mapped[int] = mapped_column(default=1)
    definition: Mapped[dict[str, Any]]
    on_since: Mapped[datetime | None]
    checked_to: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    @property
    def slug_source(self) -> str:
        """What the readable part of the address is made of."""
        return self.name


class CrmRuleChange(Model):
    """What somebody did to a rule, with all that it said then. `act`: made, changed, switched on, switched off, deleted."""

    __tablename__ = "crm_rule_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("crm_rule.id"), index=True)
    version: Mapped[int]
    act: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(80))
    definition: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise")
    at: Mapped[datetime]


class CrmRuleTest(Model):
    """A version of a rule was tested against what happened since `since`: how often it would have fired.

    `whole` is false when there was more than is looked at. `examples` are the newest, by ids alone.
    """

    __tablename__ = "crm_rule_test"
    __table_args__ = (sa.Index(None, "rule_id", "version", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("crm_rule.id"))
    version: Mapped[int]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
    since: Mapped[datetime]
    looked_at: Mapped[int]
    fired: Mapped[int]
    whole: Mapped[bool]
    examples: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)


class CrmFiring(Tried, Model):
    """That a rule fired, once for each subject and event.

    `subject` is "person:7" or "company:3"; `event` "entry:55", or what stands for it. `does` is what the rule said of
    its act at that moment. Titles are not kept: they are read when they are shown or sent, if nobody hid them.
    """

    __tablename__ = "crm_firing"
    __table_args__ = (
        sa.UniqueConstraint("rule_id", "subject", "event"),
        _in("act", Then),
        _in("state", FiringState),
        sa.Index(
            "ix_crm_firing_waiting",
            "act",
            "id",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index(None, "state", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("crm_rule.id"))
    rule: Mapped[CrmRule] = relationship(lazy="raise")
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(sa.String(40))
    event: Mapped[str] = mapped_column(sa.String(40))
    happened_at: Mapped[datetime]
    fired_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id"), index=True)
    company: Mapped[Company | None] = relationship(lazy="raise")
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    act: Mapped[str] = mapped_column(sa.String(10))
    does: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(sa.String(10))
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
