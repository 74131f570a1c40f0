"""Audits: the tallies that ideas and answers carry, counted again from the votes."""

from collections.abc import Generator
from typing import Any

import sqlalchemy as sa

from portal.activity.auditing import audits, compare
from portal.voting.models import Vote

SUBJECTS = ("idea", "post")


@audits("votes on ideas and answers")
def count_votes() -> Generator[str, None, int]:
    """`votes_up` and `votes_down` of everything that takes votes."""
    compared = 0
    for subject in SUBJECTS:
        # By name: what is voted on stands above this slice.
        votable = sa.table(subject, sa.column("id"), sa.column("votes_up"), sa.column("votes_down"))
        key = getattr(Vote, f"{subject}_id")
        for name, value in (("votes_up", 1), ("votes_down", -1)):
            counts = (
                sa.select(key.label("key"), sa.func.count().label("votes"))
                .where(key.is_not(None), Vote.value == value)
                .group_by(key)
                .subquery()
            )
            counted = sa.func.coalesce(counts.c.votes, 0)
            rows = sa.select(votable.c.id, votable.c[name], counted)
            rows = rows.select_from(votable).outerjoin(counts, counts.c.key == votable.c.id)
            compared += yield from compare(f"{name} of {subject}", rows)
    compared += yield from compare("weights_up of idea", _weights())
    return compared


def _weights() -> sa.Select[Any]:
    """Of each idea: id, the stored sum of the weights of the votes for it, and the sum."""
    idea = sa.table("idea", sa.column("id"), sa.column("weights_up"))
    sums = sa.select(Vote.idea_id, sa.func.sum(Vote.weight).label("weights")).where(Vote.value == 1)
    one = sums.where(Vote.idea_id.is_not(None)).group_by(Vote.idea_id).subquery()
    rows = sa.select(idea.c.id, idea.c.weights_up, sa.func.coalesce(one.c.weights, 0)).select_from(idea)
    return rows.outerjoin(one, one.c.idea_id == idea.c.id)
