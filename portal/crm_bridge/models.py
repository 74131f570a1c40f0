"""Tables of the bridge: connections, what is dirty, the link ledger, tombstones, and the log of exchanges."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model

DEFAULT = "embedded"
"""The connection that is there without any set-up."""


class Entity(StrEnum):
    """What the bridge keeps in step. A vote belongs to its person; an idea stands for all who voted on it."""

    PERSON = "person"
    COMPANY = "company"
    VOTE = "vote"
    IDEA = "idea"


NO_IDEA: sa.ColumnElement[int] = sa.literal_column("0")
"""Compared with this, and not with a parameter, SQLite finds votes by the partial index."""

DONE: sa.ColumnElement[str] = sa.literal_column("'done'")
"""Compared with this, and not with a parameter, SQLite finds what is not done by the partial index."""


IGNORED: sa.ColumnElement[str] = sa.literal_column("'ignored'")
"""The same, for what staff set aside."""


class LinkState(StrEnum):
    DONE = "done"
    RETRY = "retry"
    """The CRM failed; it is tried again by itself."""
    QUARANTINED = "quarantined"
    """The CRM refused what the record says. It is tried again when the record says something else."""
    IGNORED = "ignored"
    """Staff set it aside: nothing of it is sent, until they take that back."""


def _connection() -> Mapped[str]:
    return mapped_column(sa.ForeignKey("crm_connection.name", ondelete="CASCADE"), primary_key=True)


class CrmConnection(Model):
    """A CRM that is kept in step. The lease says who pushes now; `seq` numbers the calls and only grows.

    `sealed` are the secret settings, encrypted; `private`: the operator allowed an address that is not public.
    `failures` in a row open the circuit (`opened_at`); the worker sends nothing before `not_before`. Of the day
    `calls_on`, `calls_used` were made; `calls_limit` is what the CRM said it grants.
    """

    __tablename__ = "crm_connection"
    __table_args__ = (
        sa.CheckConstraint("(lease_holder IS NULL) = (lease_until IS NULL)", name="lease_is_whole"),
    )

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    vendor: Mapped[str] = mapped_column(sa.String(40))
    settings: Mapped[dict[str, Any]]
    paused: Mapped[bool] = mapped_column(default=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    lease_holder: Mapped[str | None] = mapped_column(sa.String(200))
    lease_until: Mapped[datetime | None]
    pushed_at: Mapped[datetime | None]
    pushed: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    failure: Mapped[str | None] = mapped_column(sa.String(1_000))
    failed_at: Mapped[datetime | None]
    sealed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    private: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    calls_on: Mapped[str | None] = mapped_column(sa.String(10))
    calls_used: Mapped[int] = mapped_column(default=0)
    calls_limit: Mapped[int | None]


class CrmDirty(Model):
    """Something may differ from the record. `marks` counts up, so that a mark during a push is not lost."""

    __tablename__ = "crm_dirty"
    __table_args__ = (
        sa.CheckConstraint("entity IN ('person', 'company', 'idea')", name="entity"),
        sa.Index(None, "connection", "first_dirty_at"),
    )

    connection: Mapped[str] = _connection()
    entity: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    entity_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    first_dirty_at: Mapped[datetime]
    marks: Mapped[int] = mapped_column(default=1)


class CrmLink(Model):
    """The link ledger: what we last wrote of a thing, where and when.

    `entity_id` is the person or company; a vote stands under its person with its `idea_id`, which else is 0.
    `refused_hash`, `message` and `field` say what the CRM did not take, in its own words. `withdrawn_at` is when
    the vote was taken back, from the journal.
    """

    __tablename__ = "crm_link"
    __table_args__ = (
        sa.CheckConstraint("entity IN ('person', 'company', 'vote')", name="entity"),
        sa.CheckConstraint("state IN ('done', 'retry', 'quarantined', 'ignored')", name="state"),
        sa.CheckConstraint("(entity = 'vote') = (idea_id <> 0)", name="vote_has_idea"),
        sa.Index(
            "ix_crm_link_idea",
            "idea_id",
            "entity_id",
            sqlite_where=sa.text("idea_id <> 0"),
            postgresql_where=sa.text("idea_id <> 0"),
        ),
        sa.Index(
            "ix_crm_link_not_done",
            "connection",
            "state",
            sqlite_where=sa.text("state <> 'done'"),
            postgresql_where=sa.text("state <> 'done'"),
        ),
        sa.Index("ix_crm_link_remote", "connection", "remote_type", "remote_id"),
    )

    connection: Mapped[str] = _connection()
    entity: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    entity_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    idea_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False, default=0)
    remote_type: Mapped[str] = mapped_column(sa.String(40))
    remote_id: Mapped[str | None] = mapped_column(sa.String(120))
    last_hash: Mapped[str | None] = mapped_column(sa.String(64))
    last_fields: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    remote_version: Mapped[str | None] = mapped_column(sa.String(60))
    synced_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(sa.String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    refused_hash: Mapped[str | None] = mapped_column(sa.String(64))
    message: Mapped[str | None] = mapped_column(sa.String(1_000))
    field: Mapped[str | None] = mapped_column(sa.String(120))
    withdrawn_at: Mapped[datetime | None]


class CrmTombstone(Model):
    """A record that was erased there. Nothing is written again unless the person consents after `erased_at`."""

    __tablename__ = "crm_tombstone"

    connection: Mapped[str] = _connection()
    entity: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    entity_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    remote_type: Mapped[str] = mapped_column(sa.String(40))
    remote_id: Mapped[str | None] = mapped_column(sa.String(120))
    reason: Mapped[str] = mapped_column(sa.String(60))
    erased_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class CrmExchange(Model):
    """What we sent of one record and what the CRM answered. Only the newest are kept."""

    __tablename__ = "crm_exchange"
    __table_args__ = (sa.Index(None, "connection", "entity_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    connection: Mapped[str] = mapped_column(sa.ForeignKey("crm_connection.name", ondelete="CASCADE"))
    entity: Mapped[str] = mapped_column(sa.String(10))
    entity_id: Mapped[int] = mapped_column(sa.BigInteger)
    idea_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(sa.String(10))
    sent: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any]]


class CrmCall(Model):
    """One call over the wire, secrets blanked. `about` names whose records it was about. Only the newest are kept."""

    __tablename__ = "crm_call"
    __table_args__ = (sa.Index(None, "connection", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    connection: Mapped[str] = mapped_column(sa.ForeignKey("crm_connection.name", ondelete="CASCADE"))
    about: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
    method: Mapped[str] = mapped_column(sa.String(10))
    path: Mapped[str] = mapped_column(sa.String(500))
    status: Mapped[int | None]
    sent: Mapped[str] = mapped_column(sa.Text)
    answer: Mapped[str] = mapped_column(sa.Text)
    seconds: Mapped[float]


class CrmField(Model):
    """How a field of ours is written over a connection, where it is not as its vendor says."""

    __tablename__ = "crm_field"
    __table_args__ = (
        sa.CheckConstraint(
            "owner IN ('portal', 'portal_if_blank', 'crm', 'unmapped', 'cleared')", name="owner"
        ),
    )

    connection: Mapped[str] = _connection()
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    field: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(sa.String(20))
    remote_name: Mapped[str | None] = mapped_column(sa.String(120))


class CrmInteraction(Model):
    """Something to tell in the history of a contact, by the entry of the journal that says it. Told once."""

    __tablename__ = "crm_interaction"
    __table_args__ = (
        sa.CheckConstraint("state IN ('done', 'retry', 'quarantined', 'ignored')", name="state"),
        sa.Index(
            "ix_crm_interaction_waiting",
            "connection",
            "entry_id",
            sqlite_where=sa.text("state = 'retry'"),
            postgresql_where=sa.text("state = 'retry'"),
        ),
        sa.Index(None, "person_id"),
    )

    connection: Mapped[str] = _connection()
    entry_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]
    idea_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    topic_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    post_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    word: Mapped[str | None] = mapped_column(sa.String(40))
    state: Mapped[str] = mapped_column(sa.String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    message: Mapped[str | None] = mapped_column(sa.String(1_000))
