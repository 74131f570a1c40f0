"""Every read of audiences at the desk."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.accounts.permissions import Role
from portal.database import db
from portal.errors import NotFound
from portal.ideas import seeing
from portal.ideas.models import Admission, Board, Idea
from portal.voting.models import Vote


@dataclass(frozen=True)
class Chosen:
    """The companies that a board is for: by id, by segment, by tier."""

    companies: frozenset[int] = frozenset()
    segments: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.companies or self.segments or self.tiers)


def find(board_id: int) -> Board:
    """One board. Raises NotFound."""
    board = db.session.get(Board, board_id)
    if board is None:
        raise NotFound("There is no such board. Perhaps its number is that of another one.")
    return board


def chosen_for(board: Board) -> Chosen:
    """Whom the board was made for."""
    rows = db.session.scalars(sa.select(Admission).where(Admission.board_id == board.id)).all()
    return Chosen(
        frozenset(row.company_id for row in rows if row.company_id is not None),
        frozenset(row.segment for row in rows if row.segment is not None),
        frozenset(row.tier for row in rows if row.tier is not None),
    )


def words_of(column: sa.orm.InstrumentedAttribute[str | None]) -> Sequence[str]:
    """The segments or tiers that companies have."""
    known = sa.select(column).where(column.is_not(None), column != "").distinct().order_by(column).limit(200)
    return [each for each in db.session.scalars(known) if each]


def names_of(ids: Collection[int]) -> Sequence[str]:
    """The names of companies, in order."""
    return db.session.scalars(sa.select(Company.name).where(Company.id.in_(ids)).order_by(Company.name)).all()


def ids_of(names: Collection[str]) -> dict[str, set[int]]:
    """Companies by name in small letters; several may share one."""
    lowered = [name.lower() for name in names]
    found: dict[str, set[int]] = {}
    rows = db.session.execute(
        sa.select(Company.id, Company.name).where(
            sa.or_(sa.func.lower(Company.name).in_(lowered), Company.name.in_(names))
        )
    )
    for key, name in rows:
        found.setdefault(name.lower(), set()).add(key)
    return found


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
