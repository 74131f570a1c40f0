"""Erasing the badges that somebody brought along. Points stay: the ledger is of the row, which has no name."""

from collections.abc import Mapping

import sqlalchemy as sa

from portal.accounts.erasing import erases, rows_of
from portal.reputation.models import ImportedBadge


@erases(order=50)
def forget_badges(person_id: int, _texts: bool) -> Mapping[str, int]:
    """Badges of another system say who somebody was there."""
    return {"badges": rows_of(sa.delete(ImportedBadge).where(ImportedBadge.person_id == person_id))}
