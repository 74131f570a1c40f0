"""Forgetting who followed an idea because of a vote, and who was told of it as a voter."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from portal.database import db
from portal.ideas.forgetting.replacing import forgets
from portal.notifications.models import Because, Notice, Watch, Why


@forgets
def forget(family: Collection[int], names: Mapping[int, int]) -> None:
    """Rows that would say that somebody voted."""
    ids, voters = list(family), list(names)
    followed = sa.delete(Watch).where(Watch.idea_id.in_(ids), Watch.person_id.in_(voters))
    told = sa.delete(Notice).where(Notice.idea_id.in_(ids), Notice.person_id.in_(voters))
    for rows in (
        followed.where(Watch.because == Because.VOTE),
        told.where(Notice.why.in_((Why.VOTER, Why.CUSTOMER))),
    ):
        db.session.execute(rows, execution_options={"synchronize_session": False})
