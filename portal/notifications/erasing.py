"""Erasing what somebody follows and what they were told."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from portal.accounts.erasing import erases, rows_of
from portal.notifications.models import Notice, Watch


@erases(order=50)
def forget_notices(person_id: int, _texts: bool) -> Mapping[str, int]:
    """What others were told of this person stays: it names the row, which has no name."""
    tables: dict[str, Any] = {"notices": Notice, "follows": Watch}
    return {
        word: rows_of(sa.delete(table).where(table.person_id == person_id)) for word, table in tables.items()
    }
