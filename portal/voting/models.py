"""The table of votes."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Company, Person
from portal.database import Id, Model
from portal.voting.ruling import MOST

COUNTS_FOR = "CASE WHEN eclipsed THEN NULL ELSE coalesce(carried_to_id, idea_id) END"


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

    A vote stays on its idea when that is merged into another: `carried_to_id` is the idea where it counts then, and
    `counted` with how many votes, where that board takes fewer. It is `eclipsed` while its voter counts there by
    another vote. `counts_for_id` follows from both: nobody counts twice for one idea, the database sees to it.
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
        # Who wanted what lately, from the index alone.
        sa.Index("ix_vote_lately", "cast_at", "counts_for_id", "person_id", "company_id", "value"),
        sa.CheckConstraint("counted >= 1", name="counted"),
        sa.Index(None, "person_id", "counts_for_id", unique=True),
        sa.Index(None, "company_id", "counts_for_id", unique=True),
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
    carried_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    eclipsed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    counted: Mapped[int | None] = mapped_column(sa.SmallInteger)
    counts_for_id: Mapped[int | None] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa.Computed(COUNTS_FOR, persisted=True),
        index=True,
    )

    @property
    def counts(self) -> int:
        """With how many votes it counts."""
        return self.counted or self.weight

    @property
    def is_for_a_customer(self) -> bool:
        """Whether staff added it and the customer has not made it the own one."""
        return self.added_by_id is not None and self.taken_over_at is None


def weight_counted() -> sa.ColumnElement[int]:
    """With how many votes a row of Vote counts for the idea that it counts for."""
    return sa.func.coalesce(Vote.counted, Vote.weight)


def of_family(idea_id: int) -> sa.ColumnElement[bool]:
    """The condition on votes on an idea and on those that were merged into it, whether they count or not."""
    return sa.or_(Vote.idea_id == idea_id, Vote.carried_to_id == idea_id)


def is_own() -> sa.ColumnElement[bool]:
    """The condition on votes that their person cast or took over: they spend votes and earn points."""
    return sa.or_(Vote.added_by_id.is_(None), Vote.taken_over_at.is_not(None))
