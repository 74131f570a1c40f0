"""Ruling how one votes in the demo, once its year is over: a board with a budget, a vote for a customer,
and duplicates that were merged."""

from collections.abc import Mapping

import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.accounts.permissions import Role
from portal.database import db
from portal.demo import merging
from portal.ideas.models import Board, Idea, Status
from portal.voting import vouching
from portal.voting.models import Proof, Vote

BUDGET, MOST = 10, 3
KEPT_MONTHS = 24
"""So long after an idea was closed it is known who voted: longer than the demo is old."""
BY_TICKET = vouching.Evidence(Proof.TICKET, text="Our auditors ask for it every spring.")


def set_rules(boards: Mapping[str, Board], companies: Mapping[str, Company]) -> None:
    """Let the first board ask how important an idea is, give each person some votes, and merge what is the same."""
    board = next(iter(boards.values()))
    board.vote_budget, board.most_per_idea, board.importance = BUDGET, MOST, True
    board.explores = True
    for each in boards.values():
        each.forget_months = KEPT_MONTHS
    db.session.flush()
    wanted = sa.select(Idea).where(Idea.board_id == board.id, Idea.status == Status.OPEN)
    takes_votes = wanted.where(Idea.hidden_at.is_(None), Idea.locked_at.is_(None))
    idea = db.session.scalar(takes_votes.order_by(Idea.score.desc(), Idea.id).limit(1))
    decider = db.session.scalar(
        sa.select(Person).where(Person.role == Role.PRODUCT_MANAGER).order_by(Person.id)
    )
    if idea and decider:
        _vouch(idea, decider, companies)
    merging.merge_duplicates()


def _vouch(idea: Idea, decider: Person, companies: Mapping[str, Company]) -> None:
    """For the first company of whose people nobody voted."""
    voted = (
        sa.select(Person.company_id).join(Vote, Vote.person_id == Person.id).where(Vote.idea_id == idea.id)
    )
    there = set(db.session.scalars(voted))
    company = next((each for each in companies.values() if each.id not in there), None)
    if company:
        vouching.add(idea, by=decider, voter=company, evidence=BY_TICKET)
