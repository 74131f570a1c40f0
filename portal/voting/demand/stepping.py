"""Stepping: the numbers of demand on an idea move with one vote, in its transaction."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.database import Id
from portal.voting.demand import dealing, pricing
from portal.voting.demand.models import Wanted
from portal.voting.demand.weighing import weight_of
from portal.voting.models import Vote

NUMBERS = tuple(each for each in vars(Wanted)["__annotations__"])
"""Names of the columns."""
_IDEA, _COMPANY = (sa.bindparam(name, type_=Id) for name in ("idea_id", "company_id"))


@dataclass(frozen=True)
class Voter:
    """Whose vote it is: whether a person's, and the company it speaks for."""

    is_person: bool
    company_id: int | None

    @classmethod
    def of(cls, voter: Any) -> "Voter":
        """A person with their company, or a company."""
        return cls(True, voter.company_id) if isinstance(voter, Person) else cls(False, voter.id)


def steps(columns: Any, *, is_person: bool, has_company: bool, step: int) -> tuple[dict[str, Any], Any]:
    """By how much each number moves, after a vote for an idea came (`step` 1) or went (-1): expressions for an update of
    the idea, which is held and has these `columns`, and the condition that it needs. They ask for `idea_id` and
    `company_id`."""
    people = {"people": step} if is_person else {}
    if not has_company:
        return people | {"account_weight": step * weight_of(1)}, sa.true()
    account = _account(_IDEA, _COMPANY).subquery("account")
    crossed = step if step > 0 else -1
    first = account.c.votes == (1 if step > 0 else 0)
    values = people | {
        "accounts": sa.case((first, crossed), else_=0),
        "revenue": sa.case((first, crossed * sa.func.coalesce(account.c.worth, 0)), else_=0),
        "unpriced": sa.case((sa.and_(first, account.c.unpriced), crossed), else_=0),
        "deals": sa.case((first, crossed * account.c.deals), else_=0),
        "deals_worth": sa.case((first, crossed * sa.func.coalesce(account.c.deals_worth, 0)), else_=0),
        "account_weight": _weight(account.c.votes) - _weight(account.c.votes - step),
    }
    return values, columns.id == account.c.idea_id


def _weight(votes: Any) -> sa.ColumnElement[int]:
    """`weight_of`, in the database."""
    return sa.cast(sa.func.round(1000 * sa.func.sqrt(votes)), sa.BigInteger)


def _account(idea_id: Any, company_id: Any) -> sa.Select[Any]:
    """How many votes for the idea a company has, what it is worth, whether that is not known, and its open deals."""
    # From the people of the company, each looked up by the unique index: an idea has more votes than a firm people.
    voted = sa.exists().where(Vote.person_id == Person.id, Vote.counts_for_id == idea_id, Vote.value == 1)
    people = sa.select(sa.func.count()).select_from(Person).where(Person.company_id == company_id, voted)
    added = sa.select(sa.func.count()).select_from(Vote)
    added = added.where(Vote.company_id == company_id, Vote.counts_for_id == idea_id, Vote.value == 1)
    votes = (people.scalar_subquery() + added.scalar_subquery()).label("votes")
    row = sa.select(idea_id.label("idea_id"), votes).add_columns(
        pricing.worth().label("worth"),
        pricing.is_unpriced().label("unpriced"),
        dealing.deals_of(Company.id).label("deals"),
        dealing.worth_of_deals(Company.id).label("deals_worth"),
    )
    return pricing.with_rates(row.select_from(Company)).where(Company.id == company_id)
