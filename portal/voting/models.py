"""The table of votes."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Company, Person
from portal.database import Id, Model
from portal.voting.ruling import MOST


class Proof(StrEnum):
    """How staff know that a customer wants it."""

    CALL = "call"
    TICKET = "ticket"
    MAIL = "mail"
    LINK = "link"
    TEXT = "text"

    @property
    def label(self) -> str:
        """In words, to stand after "after your": "call", "words"."""
        return "words" if self == Proof.TEXT else self.value


_PROOFS = ", ".join(f"'{each}'" for each in Proof)


class Vote(Model):
    """One vote on one idea or one post, of a person or, on an idea, of a company; 1 for it, -1 against.

    `weight` is how many of the votes of a board went into it; `importance` 1 nice, 2 important, 3 critical. A
    vote whose `returned_at` is set counts as wanted, and its weight is free for other ideas again. `added_by_id`
    is the member of staff who added it for a customer, with proof; from `taken_over_at` on it is as if the
    customer had cast it. An imported vote counts in tallies but earns its author no points here.
    """

    __tablename__ = "vote"
    __table_args__ = (
        sa.CheckConstraint("(idea_id IS NULL) <> (post_id IS NULL)", name="one_subject"),
        sa.CheckConstraint("(person_id IS NULL) <> (company_id IS NULL)", name="one_voter"),
        sa.CheckConstraint("company_id IS NULL OR idea_id IS NOT NULL", name="companies_on_ideas"),
        sa.CheckConstraint("value IN (1, -1)", name="value"),
        sa.CheckConstraint(f"weight BETWEEN 1 AND {MOST}", name="weight"),
        sa.CheckConstraint("importance BETWEEN 1 AND 3", name="importance"),
        sa.CheckConstraint(f"proof_kind IN ({_PROOFS})", name="proof_kind"),
        sa.CheckConstraint("(added_by_id IS NULL) = (proof_kind IS NULL)", name="proven"),
        sa.CheckConstraint("(returned_at IS NULL) = (returned_for IS NULL)", name="returned"),
        sa.CheckConstraint("returned_for IN ('closing', 'merging')", name="returned_for"),
        sa.UniqueConstraint("person_id", "idea_id"),
        sa.UniqueConstraint("person_id", "post_id"),
        sa.UniqueConstraint("company_id", "idea_id"),
        sa.Index(None, "cast_at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id"))
    company: Mapped[Company | None] = relationship(lazy="raise")
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    value: Mapped[int] = mapped_column(sa.SmallInteger)
    weight: Mapped[int] = mapped_column(sa.SmallInteger, default=1, server_default="1")
    importance: Mapped[int | None] = mapped_column(sa.SmallInteger)
    cast_at: Mapped[datetime]
    imported: Mapped[bool] = mapped_column(default=False)
    returned_at: Mapped[datetime | None]
    returned_for: Mapped[str | None] = mapped_column(sa.String(10))
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    added_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[added_by_id])
    proof_kind: Mapped[str | None] = mapped_column(sa.String(10))
    proof_url: Mapped[str | None] = mapped_column(sa.String(500))
    proof_text: Mapped[str | None] = mapped_column(sa.String(1000))
    told_at: Mapped[datetime | None]
    taken_over_at: Mapped[datetime | None]

    @property
    def is_for_a_customer(self) -> bool:
        """Whether staff added it and the customer has not made it the own one."""
        return self.added_by_id is not None and self.taken_over_at is None


def is_own() -> sa.ColumnElement[bool]:
    """The condition on votes that their person cast or took over: they spend votes and earn points."""
    return sa.or_(Vote.added_by_id.is_(None), Vote.taken_over_at.is_not(None))
