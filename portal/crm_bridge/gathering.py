"""What the planner reads, in plain rows and in batches: memory stays bounded however large the community is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import Company, Person
from portal.crm_bridge.models import NO_IDEA, CrmLink, Entity
from portal.database import Id, db
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

CONNECTION: Any = sa.bindparam("connection")
ENTITY: Any = sa.bindparam("entity")
IDS: Any = sa.bindparam("ids", expanding=True)
AFTER: Any = sa.bindparam("after")
MOST: Any = sa.bindparam("most", type_=sa.Integer)
"""Statements are put together once: a push asks with dozens of them, however little there is to write."""

_PEOPLE_IDS = sa.select(Person.id).where(Person.id > AFTER).order_by(Person.id).limit(MOST)
_COMPANY_IDS = sa.select(Company.id).where(Company.id > AFTER).order_by(Company.id).limit(MOST)
_COMPANIES = sa.select(Company.id, Company.name).where(Company.id.in_(IDS)).order_by(Company.id)
_LINKS = sa.select(*LINK).where(
    CrmLink.connection == CONNECTION, CrmLink.entity == ENTITY, CrmLink.entity_id.in_(IDS)
)
_LINKED_VOTES = _LINKS.order_by(CrmLink.entity_id, CrmLink.idea_id)
_LAST_FIELDS = sa.select(CrmLink.entity_id, CrmLink.idea_id, CrmLink.last_fields).where(
    CrmLink.connection == CONNECTION,
    CrmLink.entity == ENTITY,
    sa.tuple_(CrmLink.entity_id, CrmLink.idea_id).in_(sa.bindparam("keys", expanding=True)),
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
    return _ids(_PEOPLE_IDS, after=after, most=limit)


def company_ids(after: int, limit: int) -> list[int]:
    """Ids of companies, in order."""
    return _ids(_COMPANY_IDS, after=after, most=limit)


def people_of_idea(idea_id: int, after: int, limit: int) -> list[int]:
    """Ids of those whose record speaks of the idea: its author, who votes on it, and who took a vote back."""
    return _ids(_people_of_idea(), idea=idea_id, after=after, most=limit)


@cache
def _people_of_idea() -> sa.Select[Any]:
    idea: Any = sa.bindparam("idea", type_=Id)
    its = sa.union_all(sa.select(idea), sa.select(Idea.id).where(Idea.merged_into_id == idea))
    ids = sa.union(
        sa.select(Idea.author_id.label("id")).where(Idea.id.in_(its), Idea.author_id > AFTER),
        sa.select(Vote.person_id).where(of_family(idea), Vote.person_id > AFTER),
        sa.select(CrmLink.entity_id).where(
            CrmLink.idea_id.in_(its), CrmLink.idea_id != NO_IDEA, CrmLink.entity_id > AFTER
        ),
    ).subquery()
    return sa.select(ids.c.id).order_by(ids.c.id).limit(MOST)


def _ids(select: sa.Select[Any], **values: int) -> list[int]:
    return list(db.session.scalars(select, values))


def people(ids: Collection[int]) -> Sequence[Any]:
    """People with what their record says of them and of their company, in the order of ids."""
    return db.session.execute(_people(), {"ids": list(ids)}).all()


@cache
def _people() -> sa.Select[*tuple[Any, ...]]:
    columns = (
        *(Person.id, Person.name, Person.email, Person.confirmed_at, Person.active, Person.company_id),
        *(Person.created_at, Person.last_active_at, Person.erased_at, Person.crm_consent),
        *(Person.crm_consent_at, Person.source_system, Person.reputation, Person.accepted_answers),
        *(Company.tier, Company.revenue, Company.crm_read_at),
    )
    select = sa.select(*columns).outerjoin(Company, Company.id == Person.company_id)
    return select.where(Person.id.in_(IDS)).order_by(Person.id)


def links(connection: str, entity: Entity, ids: Collection[int]) -> dict[int, Any]:
    """Ledger rows of people or companies, by id."""
    whose = {"connection": connection, "entity": entity, "ids": list(ids)}
    return {row.entity_id: row for row in db.session.execute(_LINKS, whose)}


def last_fields(connection: str, entity: Entity, keys: Collection[tuple[int, int]]) -> dict[Any, Any]:
    """What was last written, by (entity_id, idea_id)."""
    if not keys:
        return {}
    whose = {"connection": connection, "entity": entity, "keys": list(keys)}
    return {(row.entity_id, row.idea_id): row.last_fields for row in db.session.execute(_LAST_FIELDS, whose)}


def _on(person: Any, idea: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions that go on after (person, idea) among people; their values are of `_from`.

    A comparison of pairs would let SQLite read everything from there on instead of looking up these people.
    """
    beyond = sa.or_(person > sa.bindparam("last_person"), idea > sa.bindparam("last_idea"))
    return (person.in_(IDS), beyond)


def _from(connection: str, ids: Collection[int], after: tuple[int, int], limit: int) -> dict[str, Any]:
    rest = [each for each in ids if each >= after[0]]
    whose: dict[str, Any] = {"connection": connection, "ids": rest, "most": limit}
    return whose | {"last_person": after[0], "last_idea": after[1]}


def votes(connection: str, ids: Collection[int], after: tuple[int, int], limit: int) -> list[tuple[Any, Any]]:
    """Votes on ideas of these people, each with its ledger row or None, in the order of (person, idea)."""
    # Plain rows, past the session: there are millions of them, and it would look at each.
    rows = db.session.connection().execute(_votes(), _from(connection, ids, after, limit))
    return [(row, None if row.state is None else row) for row in rows]


@cache
def _votes() -> sa.Select[*tuple[Any, ...]]:
    link = sa.and_(
        CrmLink.connection == CONNECTION,
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
        .where(Vote.idea_id.is_not(None), *_on(Vote.person_id, Vote.idea_id))
    )
    return select.order_by(Vote.person_id, Vote.idea_id).limit(MOST)


def withdrawn(
    connection: str, ids: Collection[int], after: tuple[int, int], limit: int
) -> list[tuple[WithdrawnVote | None, Any]]:
    """Votes that were sent and are no longer here, each with its ledger row, in the order of (person, idea).

    The vote is None where the CRM never said that it took it.
    """
    rows = db.session.execute(_gone(), _from(connection, ids, after, limit))
    return [(_withdrawn(row) if row.last_fields else None, row) for row in rows]


@cache
def _gone() -> sa.Select[*tuple[Any, ...]]:
    there = sa.exists().where(Vote.person_id == CrmLink.entity_id, Vote.idea_id == CrmLink.idea_id)
    return (
        sa.select(*LINK, CrmLink.last_fields, CrmLink.withdrawn_at, *ABOUT)
        .join(Idea, Idea.id == CrmLink.idea_id)
        .outerjoin(INTO, INTO.id == Idea.merged_into_id)
        .where(CrmLink.connection == CONNECTION, CrmLink.entity == Entity.VOTE)
        .where(*_on(CrmLink.entity_id, CrmLink.idea_id))
        .where(~there)
        .order_by(CrmLink.entity_id, CrmLink.idea_id)
        .limit(MOST)
    )


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
    whose = {"connection": connection, "entity": Entity.VOTE, "ids": list(ids)}
    return db.session.execute(_LINKED_VOTES, whose).all()


def companies(ids: Collection[int]) -> Sequence[Any]:
    """Companies by name, in the order of ids."""
    return db.session.execute(_COMPANIES, {"ids": list(ids)}).all()
