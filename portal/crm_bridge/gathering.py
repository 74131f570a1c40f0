"""What the planner reads, in plain rows and in batches: memory stays bounded however large the community is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import Company, Person
from portal.crm_bridge.models import NO_IDEA, CrmLink, Entity
from portal.database import db
from portal.ideas.models import Idea
from portal.voting.models import Vote, of_family

LINK = (
    CrmLink.entity_id,
    CrmLink.idea_id,
    CrmLink.remote_id,
    CrmLink.last_hash,
    CrmLink.state,
    CrmLink.attempts,
    CrmLink.next_at,
    CrmLink.refused_hash,
    CrmLink.message,
    CrmLink.synced_at,
)

ADDER = aliased(Person)
PROOF = sa.func.coalesce(Vote.proof_kind + ", " + Vote.proof_url, Vote.proof_kind)
"""What proves that a customer wants it: "call, https://…". The words of the proof stay here."""


INTO = aliased(Idea)
ABOUT = (
    sa.func.coalesce(INTO.id, Idea.id).label("about_id"),
    sa.func.coalesce(INTO.title, Idea.title).label("title"),
    sa.func.coalesce(INTO.status, Idea.status).label("status"),
    sa.func.coalesce(INTO.hidden_at, Idea.hidden_at).is_not(None).label("is_hidden"),
)
"""What the record of a vote says of its idea: after a merge, of the one that counts for it."""


@dataclass(frozen=True, slots=True)
class WithdrawnVote:
    """A vote that is in the CRM and no longer here."""

    person_id: int
    idea_id: int
    about_id: int
    title: str
    status: str
    is_hidden: bool
    value: int
    cast_at: datetime
    withdrawn_at: datetime
    added_by: str | None
    proof: str | None
    eclipsed: bool = False


def size() -> int:
    """How many people and companies there are, for the length of a progress bar."""
    counts = (sa.select(sa.func.count()).select_from(each) for each in (Person, Company))
    return sum(db.session.scalar(each) or 0 for each in counts)


def people_ids(after: int, limit: int) -> list[int]:
    """Ids of people, in order."""
    return _ids(sa.select(Person.id).where(Person.id > after).order_by(Person.id).limit(limit))


def company_ids(after: int, limit: int) -> list[int]:
    """Ids of companies, in order."""
    return _ids(sa.select(Company.id).where(Company.id > after).order_by(Company.id).limit(limit))


def people_of_idea(idea_id: int, after: int, limit: int) -> list[int]:
    """Ids of those whose record speaks of the idea: its author, who votes on it, and who took a vote back."""
    its = sa.union_all(
        sa.select(sa.literal(idea_id)), sa.select(Idea.id).where(Idea.merged_into_id == idea_id)
    )
    ids = sa.union(
        sa.select(Idea.author_id.label("id")).where(Idea.id.in_(its), Idea.author_id > after),
        sa.select(Vote.person_id).where(of_family(idea_id), Vote.person_id > after),
        sa.select(CrmLink.entity_id).where(
            CrmLink.idea_id.in_(its), CrmLink.idea_id != NO_IDEA, CrmLink.entity_id > after
        ),
    ).subquery()
    return _ids(sa.select(ids.c.id).order_by(ids.c.id).limit(limit))


def _ids(select: sa.Select[int]) -> list[int]:
    return list(db.session.scalars(select))


def people(ids: Collection[int]) -> Sequence[Any]:
    """People with what their record says of them and of their company, in the order of ids."""
    columns = (
        *(Person.id, Person.name, Person.email, Person.confirmed_at, Person.active, Person.company_id),
        *(Person.created_at, Person.last_active_at, Person.erased_at, Person.crm_consent),
        *(Person.crm_consent_at, Person.source_system, Person.reputation, Person.accepted_answers),
        *(Company.tier, Company.revenue, Company.crm_read_at),
    )
    select = sa.select(*columns).outerjoin(Company, Company.id == Person.company_id)
    return db.session.execute(select.where(Person.id.in_(ids)).order_by(Person.id)).all()


def links(connection: str, entity: Entity, ids: Collection[int]) -> dict[int, Any]:
    """Ledger rows of people or companies, by id."""
    select = sa.select(*LINK).where(
        CrmLink.connection == connection, CrmLink.entity == entity, CrmLink.entity_id.in_(ids)
    )
    return {row.entity_id: row for row in db.session.execute(select)}


def last_fields(connection: str, entity: Entity, keys: Collection[tuple[int, int]]) -> dict[Any, Any]:
    """What was last written, by (entity_id, idea_id)."""
    if not keys:
        return {}
    select = sa.select(CrmLink.entity_id, CrmLink.idea_id, CrmLink.last_fields).where(
        CrmLink.connection == connection,
        CrmLink.entity == entity,
        sa.tuple_(CrmLink.entity_id, CrmLink.idea_id).in_(keys),
    )
    return {(row.entity_id, row.idea_id): row.last_fields for row in db.session.execute(select)}


def _from(
    person: Any, idea: Any, ids: Collection[int], after: tuple[int, int]
) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions that go on after (person, idea) among these people.

    A comparison of pairs would let SQLite read everything from there on instead of looking up these people.
    """
    last_person, last_idea = after
    rest = [each for each in ids if each >= last_person]
    return (person.in_(rest), sa.or_(person > last_person, idea > last_idea))


def votes(connection: str, ids: Collection[int], after: tuple[int, int], limit: int) -> list[tuple[Any, Any]]:
    """Votes on ideas of these people, each with its ledger row or None, in the order of (person, idea)."""
    link = sa.and_(
        CrmLink.connection == connection,
        CrmLink.entity == Entity.VOTE,
        CrmLink.entity_id == Vote.person_id,
        CrmLink.idea_id == Vote.idea_id,
    )
    select = (
        sa.select(Vote.person_id, Vote.idea_id, Vote.value, Vote.cast_at)
        .add_columns(*ABOUT, Vote.eclipsed, sa.null().label("withdrawn_at"), *LINK[2:])
        .add_columns(ADDER.name.label("added_by"), PROOF.label("proof"))
        .join(Idea, Idea.id == Vote.idea_id)
        .outerjoin(INTO, INTO.id == Idea.merged_into_id)
        .outerjoin(ADDER, ADDER.id == Vote.added_by_id)
        .outerjoin(CrmLink, link)
        .where(Vote.idea_id.is_not(None), *_from(Vote.person_id, Vote.idea_id, ids, after))
    )
    # Plain rows, past the session: there are millions of them, and it would look at each.
    rows = db.session.connection().execute(select.order_by(Vote.person_id, Vote.idea_id).limit(limit))
    return [(row, None if row.state is None else row) for row in rows]


def withdrawn(
    connection: str, ids: Collection[int], after: tuple[int, int], limit: int
) -> list[tuple[WithdrawnVote | None, Any]]:
    """Votes that were sent and are no longer here, each with its ledger row, in the order of (person, idea).

    The vote is None where the CRM never said that it took it.
    """
    there = sa.exists().where(Vote.person_id == CrmLink.entity_id, Vote.idea_id == CrmLink.idea_id)
    select = (
        sa.select(*LINK, CrmLink.last_fields, CrmLink.withdrawn_at, *ABOUT)
        .join(Idea, Idea.id == CrmLink.idea_id)
        .outerjoin(INTO, INTO.id == Idea.merged_into_id)
        .where(CrmLink.connection == connection, CrmLink.entity == Entity.VOTE)
        .where(*_from(CrmLink.entity_id, CrmLink.idea_id, ids, after))
        .where(~there)
        .order_by(CrmLink.entity_id, CrmLink.idea_id)
    )
    rows = db.session.execute(select.limit(limit))
    return [(_withdrawn(row) if row.last_fields else None, row) for row in rows]


def _withdrawn(row: Any) -> WithdrawnVote:
    written = row.last_fields
    before = written["withdrawn_at"]
    return WithdrawnVote(
        person_id=row.entity_id,
        idea_id=row.idea_id,
        about_id=row.about_id,
        title=row.title,
        status=row.status,
        is_hidden=row.is_hidden,
        value=written["value"],
        cast_at=datetime.fromisoformat(written["cast_at"]),
        # The journal says when; a row that went without an event was taken back by now at the latest.
        added_by=written.get("added_by"),
        proof=written.get("proof"),
        withdrawn_at=row.withdrawn_at or (datetime.fromisoformat(before) if before else clock.now()),
    )


def linked_votes(connection: str, ids: Collection[int]) -> Sequence[Any]:
    """Ledger rows of all votes of these people."""
    select = sa.select(*LINK).where(
        CrmLink.connection == connection, CrmLink.entity == Entity.VOTE, CrmLink.entity_id.in_(ids)
    )
    return db.session.execute(select.order_by(CrmLink.entity_id, CrmLink.idea_id)).all()


def companies(ids: Collection[int]) -> Sequence[Any]:
    """Companies by name, in the order of ids."""
    select = sa.select(Company.id, Company.name).where(Company.id.in_(ids))
    return db.session.execute(select.order_by(Company.id)).all()
