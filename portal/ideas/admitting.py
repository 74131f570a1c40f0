"""Admitting new ideas: whether a board takes one of this person now."""

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.errors import Conflict
from portal.ideas.models import Board, Idea
from portal.voting.models import Vote, is_own


def must_admit(board: Board, by: Person) -> None:
    """Raise Conflict when the board takes no idea of this person now."""
    if reason := why_not(board, by):
        raise Conflict(reason)


def why_not(board: Board, by: Person) -> str:
    """The sentence that says what keeps this person from posting there, and what to do; empty when nothing does.

    The rules of voting bind customers; staff may prepare a board before it opens.
    """
    if board.archived_at is not None:
        return f"The board {board.name} is archived and takes no new ideas. Choose another board."
    if by.is_staff:
        return ""
    return board.why_no_posts(clock.now()) or _too_few_votes(board, by)


def _too_few_votes(board: Board, by: Person) -> str:
    if not board.least_votes_to_post:
        return ""
    missing = board.least_votes_to_post - votes_for_others(board, by)
    if missing <= 0:
        return ""
    ideas = "one more idea" if missing == 1 else f"{missing} more ideas"
    return f"Before you post on {board.name}, vote on {ideas} of others there: perhaps yours is among them."


def votes_for_others(board: Board, by: Person) -> int:
    """On how many ideas of others on this board the person voted."""
    votes = sa.select(sa.func.count()).select_from(Vote).join(Idea, Idea.id == Vote.idea_id)
    of_others = sa.or_(Idea.author_id != by.id, Idea.author_id.is_(None))
    mine = votes.where(Vote.person_id == by.id, Idea.board_id == board.id, of_others, is_own())
    return db.session.scalar(mine) or 0
