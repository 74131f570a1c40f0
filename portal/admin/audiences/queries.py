"""Every read of audiences at the desk."""

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.database import db
from portal.errors import NotFound
from portal.ideas import seeing
from portal.ideas.audiences.queries import Chosen as Chosen
from portal.ideas.audiences.queries import chosen_for as chosen_for
from portal.ideas.models import Board, Idea
from portal.voting.models import Vote


def find(board_id: int) -> Board:
    """One board. Raises NotFound."""
    board = db.session.get(Board, board_id)
    if board is None:
        raise NotFound("There is no such board. Perhaps its number is that of another one.")
    return board


def how_many_customers(*conditions: sa.ColumnElement[bool]) -> int:
    """Customers who can sign in and meet the conditions."""
    customers = (Person.role == Role.CUSTOMER, Person.active.is_(True), Person.confirmed_at.is_not(None))
    return db.session.scalar(sa.select(sa.func.count(Person.id)).where(*customers, *conditions)) or 0


def took_part(board: Board) -> sa.ColumnElement[bool]:
    """What must hold for a row of Person who wrote an idea of the board or voted there."""
    authors = sa.select(Idea.author_id).where(Idea.board_id == board.id, Idea.author_id.is_not(None))
    voters = sa.select(Vote.person_id).join(Idea, Idea.id == Vote.idea_id).where(Idea.board_id == board.id)
    return sa.or_(Person.id.in_(authors), Person.id.in_(voters))


def contents(board: Board) -> tuple[int, int]:
    """How many ideas and comments stand on the board."""
    sums = sa.select(sa.func.count(Idea.id), sa.func.coalesce(sa.func.sum(Idea.comments), 0))
    ideas, comments = db.session.execute(sums.where(Idea.board_id == board.id)).one()
    return ideas, comments


def seeing_people(audience: str, chosen: Chosen) -> sa.ColumnElement[bool]:
    """What must hold for a row of Person, a customer, so that they see a board that is so."""
    return seeing.people_seeing(
        audience, companies=chosen.companies, segments=chosen.segments, tiers=chosen.tiers
    )
