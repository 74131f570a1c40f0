"""Summing up what people and companies did here, for their records. Hidden things are left out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.crm_bridge.consenting import consents
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.ideas.statuses.queries import is_closed, is_complete
from portal.voting.models import Vote

_IDS: Any = sa.bindparam("ids", expanding=True)
OPEN_IDEAS = 3
TOP_IDEAS = 5


@dataclass(slots=True)
class Doings:
    """What a person did here, hidden things left out."""

    ideas: int = 0
    shipped: int = 0
    votes: int = 0
    answers: int = 0
    open_ideas: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CompanyDoings:
    """What the consenting people of a company did here, hidden things left out."""

    participants: int = 0
    votes: int = 0
    last_vote_at: datetime | None = None
    top_ideas: list[str] = field(default_factory=list)


def doings(ids: Collection[int]) -> dict[int, Doings]:
    """What each of these people did here."""
    found = {each: Doings() for each in ids}
    for author, all_, shipped in _rows(_ideas(), ids):
        found[author].ideas, found[author].shipped = all_, shipped
    for person, all_ in _rows(_votes(), ids):
        found[person].votes = all_
    for author, all_ in _rows(_answers(), ids):
        found[author].answers = all_
    for person, title in _rows(_open_ideas(), ids):
        found[person].open_ideas.append(title)
    return found


def _rows(select: sa.Select[*tuple[Any, ...]], ids: Collection[int]) -> Iterable[Any]:
    return db.session.execute(select, {"ids": list(ids)})


@cache
def _ideas() -> sa.Select[*tuple[Any, ...]]:
    count = sa.func.count()
    ideas = sa.select(Idea.author_id, count, count.filter(is_complete()))
    return ideas.where(Idea.author_id.in_(_IDS), Idea.hidden_at.is_(None)).group_by(Idea.author_id)


@cache
def _votes() -> sa.Select[*tuple[Any, ...]]:
    votes = sa.select(Vote.person_id, sa.func.count()).join(Idea, Idea.id == Vote.counts_for_id)
    return votes.where(Vote.person_id.in_(_IDS), Idea.hidden_at.is_(None)).group_by(Vote.person_id)


@cache
def _answers() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Post.author_id, sa.func.count())
        .join(Topic, Topic.id == Post.topic_id)
        .where(Post.author_id.in_(_IDS), Post.parent_id.is_(None), Post.hidden_at.is_(None))
        .where(Topic.kind == "question", Topic.hidden_at.is_(None))
        .group_by(Post.author_id)
    )


@cache
def _open_ideas() -> sa.Select[*tuple[Any, ...]]:
    """The newest open ideas that each person is for."""
    newest = sa.func.row_number().over(
        partition_by=Vote.person_id, order_by=(Vote.cast_at.desc(), Vote.idea_id.desc())
    )
    ranked = (
        sa.select(Vote.person_id, Idea.title, newest.label("place"))
        .join(Idea, Idea.id == Vote.counts_for_id)
        .where(Vote.person_id.in_(_IDS), Vote.value == 1)
        .where(Idea.hidden_at.is_(None), ~is_closed())
        .subquery()
    )
    columns = ranked.c.person_id, ranked.c.title
    return (
        sa.select(*columns).where(ranked.c.place <= OPEN_IDEAS).order_by(ranked.c.person_id, ranked.c.place)
    )


def company_doings(ids: Collection[int]) -> dict[int, CompanyDoings]:
    """What the consenting people of each of these companies did here."""
    found = {each: CompanyDoings() for each in ids}
    for company, all_ in _rows(_members(), ids):
        found[company].participants = all_
    for company, all_, last in _rows(_given(), ids):
        found[company].votes, found[company].last_vote_at = all_, last
    for company, title, voters in _rows(_top_ideas(), ids):
        found[company].top_ideas.append(f"{title} ({voters})")
    return found


@cache
def _members() -> sa.Select[*tuple[Any, ...]]:
    members = sa.select(Person.company_id, sa.func.count()).where(Person.company_id.in_(_IDS), consents())
    return members.group_by(Person.company_id)


@cache
def _given() -> sa.Select[*tuple[Any, ...]]:
    given = sa.select(Person.company_id, sa.func.count(), sa.func.max(Vote.cast_at))
    given = given.select_from(Vote).join(Person, Person.id == Vote.person_id)
    given = given.join(Idea, Idea.id == Vote.counts_for_id).where(Idea.hidden_at.is_(None))
    return given.where(Person.company_id.in_(_IDS), consents()).group_by(Person.company_id)


@cache
def _top_ideas() -> sa.Select[*tuple[Any, ...]]:
    """The open ideas that most consenting people of each company are for."""
    voters = (
        sa.select(Person.company_id, Idea.id, Idea.title, sa.func.count().label("voters"))
        .select_from(Vote)
        .join(Person, Person.id == Vote.person_id)
        .join(Idea, Idea.id == Vote.counts_for_id)
        .where(Person.company_id.in_(_IDS), consents(), Vote.value == 1)
        .where(Idea.hidden_at.is_(None), ~is_closed())
        .group_by(Person.company_id, Idea.id, Idea.title)
        .subquery()
    )
    place = sa.func.row_number().over(
        partition_by=voters.c.company_id, order_by=(voters.c.voters.desc(), voters.c.id)
    )
    ranked = sa.select(voters, place.label("place")).subquery()
    columns = ranked.c.company_id, ranked.c.title, ranked.c.voters
    return (
        sa.select(*columns).where(ranked.c.place <= TOP_IDEAS).order_by(ranked.c.company_id, ranked.c.place)
    )
