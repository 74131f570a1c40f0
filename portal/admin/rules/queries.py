"""How many people and votes a change of the rules touches."""

from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.errors import NotFound
from portal.ideas import exploring
from portal.ideas.inquiring.finding import is_quiet
from portal.ideas.inquiring.models import Inquiry
from portal.ideas.inquiring.queries import is_against, open_on
from portal.ideas.models import CLOSED, Board, Idea
from portal.ideas.standing import Votes, votes_of
from portal.ideas.statuses.queries import is_complete
from portal.notifications.models import Watch
from portal.voting import budgeting
from portal.voting.models import Vote, is_own, weight_counted


def find(board_id: int) -> Board:
    """One board. Raises NotFound."""
    board = db.session.get(Board, board_id)
    if board is None:
        raise NotFound("There is no such board. Perhaps its number is that of another one.")
    return board


def ideas_little_seen(board: Board) -> int:
    """How many of the newest ideas of the board few have seen."""
    listed = sa.select(Idea).where(Idea.hidden_at.is_(None), Idea.merged_into_id.is_(None))
    return _count(exploring.little_seen([board], listed).with_only_columns(Idea.id))


def people_with_more_votes(board: Board, budget: int) -> int:
    """How many people have more votes than this on open ideas of the board."""
    spent = _votes(board, budgeting.spends(Idea)).with_only_columns(Vote.person_id).group_by(Vote.person_id)
    return _count(spent.having(sa.func.sum(weight_counted()) > budget))


def heavier_votes(board: Board, most: int) -> int:
    """How many votes on open ideas are of more weight than this."""
    return _count(_votes(board, Vote.weight > most, Idea.status.not_in(CLOSED)))


def votes_with_importance(board: Board) -> int:
    """How many votes say how important it is."""
    return _count(_votes(board, Vote.importance.is_not(None)))


def votes_against(board: Board) -> int:
    """How many votes are against an idea."""
    return _count(_votes(board, Vote.value == -1))


def open_votes(board: Board) -> tuple[int, int]:
    """How many votes there are on open ideas, and of how many people."""
    votes = _votes(board, Idea.status.not_in(CLOSED), Idea.hidden_at.is_(None))
    counts = (sa.func.count(Vote.id), sa.func.count(sa.distinct(Vote.person_id)))
    number, people = db.session.execute(votes.with_only_columns(*counts)).one()
    return number, people


def people_with_fewer_votes(board: Board, least: int) -> int:
    """How many of those who took part on the board voted on fewer ideas of others than this."""
    here = sa.or_(Idea.author_id != Vote.person_id, Idea.author_id.is_(None))
    enough = _votes(board, here, is_own()).with_only_columns(Vote.person_id).group_by(Vote.person_id)
    enough = enough.having(sa.func.count(Vote.id) >= least)
    voters = _votes(board, Vote.person_id.is_not(None)).with_only_columns(Vote.person_id)
    authors = sa.select(Idea.author_id).where(Idea.board_id == board.id, Idea.author_id.is_not(None))
    took_part = sa.union(voters, authors).subquery()
    return _count(
        sa.select(took_part).where(took_part.c[0].not_in(enough.where(Vote.person_id.is_not(None))))
    )


def open_ideas(board: Board) -> int:
    """How many ideas of the board are open."""
    ideas = sa.select(Idea.id).where(Idea.board_id == board.id, Idea.hidden_at.is_(None))
    return _count(ideas.where(Idea.status.not_in(CLOSED)))


def decided_ideas(board: Board, number: int) -> tuple[int, int]:
    """How many ideas of the board were decided against and take no votes, and on how many of them so many customers
    said already that they still want them."""
    ideas = sa.select(Idea.id).where(Idea.board_id == board.id, Idea.hidden_at.is_(None))
    decided = ideas.where(votes_of(Idea.board_id, Idea.status) != Votes.TAKES, ~is_complete())
    waiting = decided.where(Idea.asked_again_at.is_(None), Idea.appeals >= max(number, 1))
    return _count(decided), _count(waiting) if number else 0


def quiet_ideas(board: Board, months: int) -> tuple[int, int]:
    """How many ideas of the board are quiet when that takes so many months, and how many people would be asked: those
    who wrote them, voted for them or follow them, and are not against."""
    # A common table: on a large board they are looked for once.
    ideas = sa.select(Idea.id, Idea.author_id).where(is_quiet(board, months)).cte("quiet")
    voters = sa.select(Vote.person_id.label("person_id"), ideas.c.id).join(
        ideas, ideas.c.id == Vote.counts_for_id
    )
    follow = sa.select(Watch.person_id, ideas.c.id).join(ideas, ideas.c.id == Watch.idea_id)
    everybody = (voters, follow.where(Watch.stopped_at.is_(None)), sa.select(ideas.c.author_id, ideas.c.id))
    people = sa.union(*everybody).subquery()
    asked_ones = sa.and_(people.c.person_id.is_not(None), ~is_against(people.c.person_id, people.c.id))
    of_people = sa.select(sa.func.count(sa.distinct(people.c.person_id))).where(asked_ones)
    of_ideas = sa.select(sa.func.count()).select_from(ideas)
    number, asked = db.session.execute(
        sa.select(of_ideas.scalar_subquery(), of_people.scalar_subquery())
    ).one()
    return number, asked


def asked_ideas(board: Board) -> int:
    """About how many ideas of the board people are being asked whether they still want them."""
    return _count(open_on(board.id).with_only_columns(Inquiry.id))


def _votes(board: Board, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    votes = sa.select(Vote.id).join(Idea, Idea.id == Vote.counts_for_id)
    return votes.where(Idea.board_id == board.id, *conditions)


def _count(rows: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
