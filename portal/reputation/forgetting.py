"""Forgetting who gave points by a vote: the points stay, the line names somebody without a name."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from portal.database import db
from portal.ideas.forgetting.replacing import forgets
from portal.reputation.models import LedgerLine


@forgets
def forget(family: Collection[int], names: Mapping[int, int]) -> None:
    """The one change of a line that the database lets pass."""
    given = sa.select(LedgerLine.id, LedgerLine.actor_id, LedgerLine.cause, LedgerLine.key)
    causes = [f"idea_vote:{idea_id}:{voter}" for idea_id in family for voter in names]
    for line_id, actor_id, cause, key in db.session.execute(given.where(LedgerLine.cause.in_(causes))).all():
        head, _, voter = cause.rpartition(":")
        now = f"{head}:{names[int(voter)]}"
        change = {"actor_id": names[int(voter)], "cause": now, "key": now + key.removeprefix(cause)}
        if actor_id is None or actor_id in names:
            db.session.execute(sa.update(LedgerLine).where(LedgerLine.id == line_id).values(change))
