"""The balance on a person is a cached sum of the ledger: compare it, set it right, and hold the ledger against the rows."""

from collections.abc import Iterator

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity.auditing import audits
from portal.database import db
from portal.reputation import claims, ledger
from portal.reputation.models import LedgerLine

LENIENT = ("accepted:", "accepting:")
"""What an acceptance earned depends on role and company at that moment, which rows do not keep."""


@audits("reputation balances")
def wrong_balances() -> Iterator[str]:
    """One sentence for each person whose balance is not the sum of the lines."""
    for person_id, held, due in _differences():
        yield f"person {person_id}: reputation {held}, ledger {due}"


@audits("ledger lines")
def wrong_lines() -> Iterator[str]:
    """One sentence for each cause that the ledger and the rows of votes and statuses disagree on."""
    due = {each.cause: each.rule for source in (claims.of_post(), claims.of_idea()) for each in source}
    for line in ledger.standing():
        rule = due.pop(line.cause, None)
        if rule is None:
            yield f"ledger line {line.id}: nothing justifies {line.cause}"
        elif rule != line.rule and not line.cause.startswith(LENIENT):
            yield f"ledger line {line.id}: {line.cause} is {line.rule}, should be {rule}"
    for cause in sorted(each for each in due if not each.startswith(LENIENT)):
        yield f"ledger: no line for {cause}"


def rebuild() -> int:
    """Set every balance to the sum of its lines; returns how many were wrong."""
    wrong = list(_differences())
    for person_id, _held, due in wrong:
        db.session.execute(sa.update(Person).filter_by(id=person_id).values(reputation=due))
    return len(wrong)


def _differences() -> Iterator[tuple[int, int, int]]:
    sums = (
        sa.select(LedgerLine.person_id, sa.func.sum(LedgerLine.granted).label("points"))
        .group_by(LedgerLine.person_id)
        .subquery()
    )
    due = sa.func.coalesce(sums.c.points, 0)
    people = (
        sa.select(Person.id, Person.reputation, due)
        .outerjoin(sums, sums.c.person_id == Person.id)
        .where(Person.reputation != due)
        .order_by(Person.id)
    )
    for person_id, held, points in db.session.execute(people):
        yield person_id, held, int(points)
