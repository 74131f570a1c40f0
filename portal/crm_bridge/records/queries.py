"""What the record of a person or a company shows, over all connections."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from portal.accounts.models import Company, Person
from portal.crm_bridge.consenting import consents
from portal.crm_bridge.models import (
    DONE,
    CrmCall,
    CrmExchange,
    CrmInteraction,
    CrmLink,
    Entity,
)
from portal.crm_bridge.records.models import CrmAside
from portal.database import db
from portal.discussion.models import Post
from portal.errors import NotFound
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.ideas.standing import Meaning, meaning_of
from portal.voting.models import Vote

SHOWN = 50
FARTHEST = 10_001
"""Counts go up to here: "more than 10,000" is all that a page needs to say."""


def refused(entity: Entity, entity_id: int, connections: Sequence[str]) -> Sequence[Any]:
    """What a CRM did not take of it: its record, its votes, and what was to be told, with the CRM's own words."""
    entities = (entity, Entity.VOTE) if entity is Entity.PERSON else (entity,)
    what = (CrmLink.entity, CrmLink.idea_id, sa.cast(sa.null(), sa.BigInteger).label("entry_id"))
    how = (CrmLink.state, CrmLink.message, CrmLink.field, CrmLink.attempts, CrmLink.next_at)
    records = sa.select(CrmLink.connection, *what, sa.null().label("kind"), *how).where(
        CrmLink.connection.in_(connections),
        *(CrmLink.entity.in_(entities), CrmLink.entity_id == entity_id, CrmLink.state != DONE),
    )
    rows = sa.select(records.limit(SHOWN).subquery())
    if entity is Entity.PERSON:
        rows = rows.union_all(sa.select(_untold(entity_id).limit(SHOWN).subquery()))  # type: ignore[assignment]
    all_of = rows.subquery()
    columns = all_of.c
    number = sa.func.coalesce(columns.entry_id, columns.idea_id)
    key = CrmAside.connection == columns.connection, CrmAside.entity == columns.entity
    aside = sa.and_(*key, CrmAside.entity_id == entity_id, CrmAside.number == number)
    select = (
        sa.select(all_of, number.label("number"), Idea.title, Idea.hidden_at)
        .add_columns(CrmAside.at, CrmAside.reason, Person.name.label("by"))
        .outerjoin(Idea, Idea.id == columns.idea_id)
        .outerjoin(CrmAside, aside & CrmAside.ended_at.is_(None))
        .outerjoin(Person, Person.id == CrmAside.by_id)
    )
    return db.session.execute(select.order_by(columns.connection, columns.entry_id, columns.idea_id)).all()


def _untold(person_id: int) -> Any:
    """What was to be told and was not taken. What only waits for its first try is no news."""
    what = (
        sa.literal("interaction").label("entity"),
        sa.func.coalesce(CrmInteraction.idea_id, 0).label("idea_id"),
        CrmInteraction.entry_id,
        CrmInteraction.kind,
    )
    how = (CrmInteraction.state, CrmInteraction.message, sa.cast(sa.null(), sa.String).label("field"))
    tried = (CrmInteraction.attempts, CrmInteraction.next_at)
    untold: Any = sa.select(CrmInteraction.connection, *what, *how, *tried)
    return untold.where(
        CrmInteraction.person_id == person_id,
        CrmInteraction.state != DONE,
        CrmInteraction.message.is_not(None),
    )


def exchanges(entity: Entity, entity_id: int, connections: Sequence[str]) -> Sequence[CrmExchange]:
    """What was sent and answered of it over these connections, the newest first."""
    entities = (entity, Entity.VOTE) if entity is Entity.PERSON else (entity,)
    its = CrmExchange.entity_id == entity_id, CrmExchange.entity.in_(entities)
    select = sa.select(CrmExchange).where(CrmExchange.connection.in_(connections), *its)
    return db.session.scalars(select.order_by(CrmExchange.id.desc()).limit(SHOWN)).all()


def calls(entity: Entity, entity_id: int) -> Sequence[CrmCall]:
    """The calls that were about it, the newest first. Only some thousands are kept, so they are looked through."""
    about = CrmCall.about.contains(f" {entity}:{entity_id} ", autoescape=True)
    return db.session.scalars(sa.select(CrmCall).where(about).order_by(CrmCall.id.desc()).limit(20)).all()


def person(person_id: int) -> Any:
    """A person with the company, whatever became of the account, and how many of their texts are `hidden` now. Raises
    NotFound."""

    def hidden(model: Any) -> Any:
        theirs = sa.select(sa.func.count()).where(model.author_id == person_id, model.hidden_at.is_not(None))
        return theirs.scalar_subquery()

    texts = (hidden(Idea) + hidden(Topic) + hidden(Post)).label("hidden")
    select = sa.select(Person, texts).options(joinedload(Person.company)).where(Person.id == person_id)
    found = db.session.execute(select.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("There is nobody of that number.")
    return found


def find(entity: Entity, entity_id: int) -> Person | Company:
    """The person or company that a record is about. Raises NotFound."""
    kind: Any = Person if entity is Entity.PERSON else Company
    found: Person | Company | None = db.session.get(kind, entity_id)
    if found is None:
        raise NotFound("There is no record of that number.")
    return found


def company(company_id: int) -> Any:
    """A company, with how many `people` it has, what they and it voted for (`votes`) and asked for (`ideas`), each up to
    FARTHEST. Raises NotFound."""
    people = sa.select(Person.id).where(Person.company_id == company_id, Person.erased_at.is_(None))
    votes = sa.select(Vote.id).where(_of_company(company_id), Vote.idea_id.is_not(None))
    ideas = sa.select(Idea.id).where(_wrote(company_id), Idea.hidden_at.is_(None))

    def up_to(rows: sa.Select[Any]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).select_from(rows.limit(FARTHEST).subquery()).scalar_subquery()

    counted = up_to(people).label("people"), up_to(votes).label("votes"), up_to(ideas).label("ideas")
    found = db.session.execute(sa.select(Company, *counted).where(Company.id == company_id)).one_or_none()
    if found is None:
        raise NotFound("There is no company of that number.")
    return found


def _of_company(company_id: int) -> sa.ColumnElement[bool]:
    of_it = sa.select(Person.id).where(Person.company_id == company_id)
    return sa.or_(Vote.person_id.in_(of_it), Vote.company_id == company_id)


def _wrote(company_id: int) -> sa.ColumnElement[bool]:
    return Idea.author_id.in_(sa.select(Person.id).where(Person.company_id == company_id))


def wanted(company_id: int, limit: int = 10) -> tuple[list[Any], list[Any]]:
    """What most of its people voted for, the most wanted first, and what they asked for that nobody decided upon yet, the
    newest first; both as (idea, votes of theirs)."""
    votes = sa.func.count(Vote.id).label("votes")
    most = (
        sa.select(Vote.counts_for_id, votes)
        .join(Idea, Idea.id == Vote.counts_for_id)
        .where(_of_company(company_id), Vote.value > 0, Idea.hidden_at.is_(None))
        .group_by(Vote.counts_for_id)
        .order_by(votes.desc(), Vote.counts_for_id.desc())
        .limit(limit)
        .subquery()
    )
    undecided = meaning_of(Idea.board_id, Idea.status) == Meaning.ACTIVE
    theirs = _wrote(company_id), Idea.hidden_at.is_(None), Idea.merged_into_id.is_(None), undecided
    newest = sa.select(Idea.id).where(*theirs).order_by(Idea.created_at.desc(), Idea.id.desc()).limit(limit)
    is_open = Idea.id.in_(sa.select(newest.subquery().c.id))
    select = sa.select(Idea, most.c.votes, is_open.label("is_open")).outerjoin(
        most, most.c.counts_for_id == Idea.id
    )
    of_either = most.c.votes.is_not(None) | is_open
    select = select.where(of_either).options(undefer(Idea.house))
    rows = db.session.execute(select.order_by(Idea.created_at.desc(), Idea.id.desc())).all()
    top = sorted((row for row in rows if row.votes), key=lambda row: -row.votes)
    return top, [row for row in rows if row.is_open]


def people(company_id: int, connections: Sequence[str]) -> Sequence[Any]:
    """Its people by name, each with the number of votes and ideas, and over how many connections they were written."""

    def counted(model: Any, whose: Any, *more: Any) -> sa.ColumnElement[int]:
        theirs = sa.select(sa.func.count()).select_from(model).where(whose == Person.id, *more)
        return theirs.correlate(Person).scalar_subquery()

    over = CrmLink.connection.in_(connections), CrmLink.entity == Entity.PERSON
    record = *over, CrmLink.idea_id == 0, CrmLink.last_hash.is_not(None)
    select = sa.select(
        *(Person.id, Person.name, Person.reputation, consents().label("consents")),
        counted(Vote, Vote.person_id, Vote.idea_id.is_not(None)).label("votes"),
        counted(Idea, Idea.author_id).label("ideas"),
        counted(CrmLink, CrmLink.entity_id, *record).label("written"),
    ).where(Person.company_id == company_id, Person.erased_at.is_(None))
    return db.session.execute(select.order_by(Person.name, Person.id).limit(SHOWN)).all()
