"""Weighing: for which company a vote speaks, and what the votes of one account weigh together."""

import math

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.voting.models import Vote


def company_of_vote() -> sa.ColumnElement[int | None]:
    """The company that a vote speaks for: that of its person, or the one that staff added it for."""
    return sa.func.coalesce(Vote.company_id, Person.company_id)


def weight_of(votes: int) -> int:
    """What an account weighs with so many votes, in thousandths: the square root, so that forty voters of one
    firm (6.3) weigh less than twenty firms (20)."""
    return round(1000 * math.sqrt(votes))
