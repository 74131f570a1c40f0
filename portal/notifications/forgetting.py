"""Forgetting who followed an idea because of a vote, and who was told of it as a voter."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from portal.database import db
from portal.ideas.forgetting.replacing import forgets
from portal.moderation.converting.models import Conversion
from portal.notifications.models import Because, Notice, Watch, Why


@forgets
def forget(family: Collection[int], names: Mapping[int, int]) -> None:
    """Rows that would say that somebody voted."""
    ids, voters = list(family), list(names)
    became = sa.select(Conversion.topic_id).where(
        Conversion.idea_id.in_(ids), Conversion.topic_id.is_not(None)
    )
    followed = sa.delete(Watch).where(Watch.person_id.in_(voters))
    # Whoever voted on an idea came along when a question was made of it.
    followed = followed.where(sa.or_(Watch.idea_id.in_(ids), Watch.topic_id.in_(became)))
    told = sa.delete(Notice).where(Notice.idea_id.in_(ids), Notice.person_id.in_(voters))
    for rows in (
        followed.where(Watch.because == Because.VOTE),
        told.where(Notice.why.in_((Why.VOTER, Why.CUSTOMER))),
    ):
        db.session.execute(rows, execution_options={"synchronize_session": False})
