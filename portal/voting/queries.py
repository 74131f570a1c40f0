"""Every read of votes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Company, Person, Viewer
from portal.accounts.permissions import Role
from portal.database import db
from portal.errors import NotFound
from portal.voting.models import Vote, weight_counted

FOUND = 8
"""How many customers a search names."""
_OWN = {
    is_idea: sa.select(Vote)
    .where(Vote.person_id == sa.bindparam("voter"), subject == sa.bindparam("subject"))
    .execution_options(populate_existing=True)
    for is_idea, subject in ((True, Vote.counts_for_id), (False, Vote.post_id))
}
_DATED = sa.select(Vote.cast_at, Vote.value * weight_counted()).where(
    Vote.counts_for_id == sa.bindparam("of")
)


def values_by(
    viewer: Viewer, *, idea_ids: Collection[int] = (), post_ids: Collection[int] = ()
) -> dict[int, int]:
    """What the viewer voted on these ideas or on these posts: id -> 1 or -1, in one query for a page."""
    wanted = idea_ids or post_ids
    if not viewer.is_authenticated or not wanted:
        return {}
    subject = Vote.counts_for_id if idea_ids else Vote.post_id
    mine = sa.select(subject, Vote.value).where(Vote.person_id == viewer.id, subject.in_(wanted))
    return {subject_id: value for subject_id, value in db.session.execute(mine) if subject_id is not None}


def vote_of(viewer: Viewer, *, idea_id: int) -> Vote | None:
    """The viewer's own vote that counts for an idea, with its date."""
    if not viewer.is_authenticated:
        return None
    return db.session.scalar(
        sa.select(Vote).where(Vote.person_id == viewer.id, Vote.counts_for_id == idea_id)
    )


def own_vote(person: Person, votable: Any) -> Vote | None:
    """The vote of a person that counts for an idea or an answer, as it is now, to act on."""
    mine = _OWN[votable.__tablename__ == "idea"]
    return db.session.scalar(mine, {"voter": person.id, "subject": votable.id})


def idea_ids_voted_by(viewer: Viewer) -> sa.Select[Any]:
    """A select of the ids of all ideas that the viewer voted for, to narrow a list with."""
    return sa.select(Vote.counts_for_id).where(
        Vote.person_id == viewer.id, Vote.counts_for_id.is_not(None), Vote.value == 1
    )


def dated_values(idea_id: int) -> list[tuple[datetime, int]]:
    """All votes that count for an idea as (cast at, value times weight): what its rank is recomputed from."""
    return [(cast_at, value) for cast_at, value in db.session.execute(_DATED, {"of": idea_id})]


def added_to(idea_id: int, count: int = 20) -> Sequence[Vote]:
    """The votes that staff added for customers and that count for an idea, the newest first, with who is behind
    them."""
    added = sa.select(Vote).where(Vote.counts_for_id == idea_id, Vote.added_by_id.is_not(None))
    behind = (joinedload(Vote.person), joinedload(Vote.company), joinedload(Vote.added_by))
    return db.session.scalars(
        added.options(*behind).order_by(Vote.cast_at.desc(), Vote.id.desc()).limit(count)
    ).all()


def added_vote(idea_id: int, vote_id: int) -> Vote:
    """One such vote. Raises NotFound."""
    vote = db.session.get(Vote, vote_id)
    if vote is None or vote.counts_for_id != idea_id or vote.added_by_id is None:
        raise NotFound("This vote is gone. Perhaps its customer took it back.")
    return vote


def voter_of(vote: Vote) -> Person | Company:
    """The person or company whose vote it is."""
    if vote.person_id is not None:
        return db.session.get_one(Person, vote.person_id)
    return db.session.get_one(Company, vote.company_id)


def customers_like(text: str) -> tuple[Sequence[Person], Sequence[Company]]:
    """People by name, mail address or company, and companies by name; a few of each."""
    if not text:
        return (), ()
    companies = sa.select(Company).where(Company.name.icontains(text, autoescape=True))
    says = (each.icontains(text, autoescape=True) for each in (Person.name, Person.email, Company.name))
    people = sa.select(Person).outerjoin(Company, Company.id == Person.company_id).where(sa.or_(*says))
    people = people.where(Person.erased_at.is_(None), Person.role == Role.CUSTOMER, Person.active.is_(True))
    people = people.options(contains_eager(Person.company)).order_by(Person.name, Person.id).limit(FOUND)
    return db.session.scalars(people).all(), db.session.scalars(
        companies.order_by(Company.name).limit(FOUND)
    ).all()
