"""Finding the closed ideas whose voters are to be forgotten, and those voters."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.ideas.forgetting.models import Forgetting
from portal.ideas.inquiring.finding import months_before
from portal.ideas.models import Board, Idea
from portal.ideas.standing import Meaning, meaning_of
from portal.voting.models import Vote


def due(board: Board, months: int) -> sa.Select[Idea]:
    """Ideas of a board that were closed so many months ago, and not forgotten since; the longest closed first."""
    closed = meaning_of(Idea.board_id, Idea.status) != Meaning.ACTIVE
    since = sa.or_(Forgetting.ended_at.is_(None), Forgetting.ended_at < Idea.status_at)
    ideas = sa.select(Idea).outerjoin(Forgetting, Forgetting.idea_id == Idea.id)
    ideas = ideas.where(Idea.board_id == board.id, Idea.merged_into_id.is_(None), closed, since)
    return ideas.where(Idea.status_at <= months_before(clock.now(), months)).order_by(Idea.status_at, Idea.id)


def named(family: Collection[int] | sa.Select[int]) -> sa.Select[int]:
    """Votes on these ideas whose voter is a person with a name; of who wrote one of them it is known anyway."""
    wrote = sa.select(Idea.author_id).where(Idea.id.in_(family), Idea.author_id.is_not(None))
    votes = sa.select(Vote.id).join(Person, Person.id == Vote.person_id)
    return votes.where(Vote.idea_id.in_(family), Person.erased_at.is_(None), Vote.person_id.not_in(wrote))


def how_many(board: Board, months: int) -> tuple[int, int]:
    """Of how many ideas would be forgotten who cast how many votes now. One query."""
    own, wrote = aliased(Idea), aliased(Idea)
    counting = sa.func.coalesce(own.merged_into_id, own.id)
    same = sa.func.coalesce(wrote.merged_into_id, wrote.id) == counting
    votes = sa.select(sa.func.count(counting.distinct()), sa.func.count()).select_from(Vote)
    votes = votes.join(own, own.id == Vote.idea_id).join(Person, Person.id == Vote.person_id)
    votes = votes.where(
        counting.in_(due(board, months).with_only_columns(Idea.id)),
        Person.erased_at.is_(None),
        ~sa.exists().where(wrote.author_id == Vote.person_id, same),
    )
    ideas, number = db.session.execute(votes).one()
    return ideas, number


def family_of(idea_id: int) -> sa.Select[int]:
    """The ids of an idea and of those that count for it."""
    return sa.select(Idea.id).where(sa.or_(Idea.id == idea_id, Idea.merged_into_id == idea_id))
