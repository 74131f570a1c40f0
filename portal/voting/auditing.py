"""Audits: the tallies that ideas and answers carry, counted again from the votes."""

from collections.abc import Generator, Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.activity.auditing import audits, compare
from portal.database import db
from portal.voting import uniting
from portal.voting.models import Vote, weight_counted

SUBJECTS = ("idea", "post")


@audits("votes on ideas and answers")
def count_votes() -> Generator[str, None, int]:
    """`votes_up` and `votes_down` of everything that takes votes."""
    compared = 0
    for what, rows in _tallies():
        compared += yield from compare(what, rows)
    compared += yield from compare("weights_up of idea", _weights())
    return compared


@cache
def _tallies() -> tuple[tuple[str, sa.Select[Any]], ...]:
    """Of each tally: what it is, and rows of id, as stored, and as counted."""
    return tuple(_tallies_of_all())


def _tallies_of_all() -> Iterator[tuple[str, sa.Select[Any]]]:
    for subject in SUBJECTS:
        # By name: what is voted on stands above this slice.
        votable = sa.table(subject, sa.column("id"), sa.column("votes_up"), sa.column("votes_down"))
        ballots = _ballots(subject)
        for name, value in (("votes_up", 1), ("votes_down", -1)):
            counts = (
                sa.select(ballots.c.key, sa.func.count().label("votes"))
                .where(ballots.c.value == value)
                .group_by(ballots.c.key)
                .subquery()
            )
            counted = sa.func.coalesce(counts.c.votes, 0)
            rows = sa.select(votable.c.id, votable.c[name], counted)
            rows = rows.select_from(votable).outerjoin(counts, counts.c.key == votable.c.id)
            yield f"{name} of {subject}", rows


@cache
def _weights() -> sa.Select[Any]:
    """Of each idea: id, the stored sum of the weights of the votes for it, and the sum."""
    idea = sa.table("idea", sa.column("id"), sa.column("weights_up"))
    ballots = _ballots("idea")
    sums = sa.select(ballots.c.key, sa.func.sum(ballots.c.weight).label("weights"))
    one = sums.where(ballots.c.value == 1).group_by(ballots.c.key).subquery()
    rows = sa.select(idea.c.id, idea.c.weights_up, sa.func.coalesce(one.c.weights, 0)).select_from(idea)
    return rows.outerjoin(one, one.c.key == idea.c.id)


def _ballots(subject: str) -> sa.Subquery:
    """key, value and weight of each vote, for what it counts for; and again for an idea that was merged, whose own
    numbers are those of the votes on it."""
    if subject == "post":
        return (
            sa.select(Vote.post_id.label("key"), Vote.value, Vote.weight)
            .where(Vote.post_id.is_not(None))
            .subquery()
        )
    counting = sa.select(Vote.counts_for_id.label("key"), Vote.value, weight_counted().label("weight"))
    of_merged = sa.select(Vote.idea_id, Vote.value, Vote.weight).where(Vote.carried_to_id.is_not(None))
    return sa.union_all(counting.where(Vote.counts_for_id.is_not(None)), of_merged).subquery()


@audits("votes of merged ideas")
def check_carried() -> Generator[str, None, int]:
    """Votes go where their idea went, and each voter counts there once, by the vote of the greatest weight."""
    rows, wrong = _carried()
    compared = yield from compare("carried_to_id of vote", rows)
    for vote_id, at in db.session.execute(wrong):
        yield f"vote {vote_id}: is number {at} of its voter, and {'counts' if at > 1 else 'does not count'}"
    return compared


@cache
def _carried() -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Of each vote on an idea: id, where it counts, and where it should; and those that count or sleep wrongly."""
    idea = sa.table("idea", sa.column("id"), sa.column("merged_into_id"))
    rows = sa.select(Vote.id, Vote.carried_to_id, idea.c.merged_into_id).join(idea, idea.c.id == Vote.idea_id)
    home = sa.func.coalesce(Vote.carried_to_id, Vote.idea_id)
    order = (uniting.is_own_first().desc(), weight_counted().desc(), Vote.cast_at.desc(), Vote.id.desc())
    place = sa.func.row_number().over(partition_by=(home, Vote.person_id, Vote.company_id), order_by=order)
    ranked = (
        sa.select(Vote.id, Vote.eclipsed, place.label("place")).where(Vote.idea_id.is_not(None)).subquery()
    )
    return rows, sa.select(ranked.c.id, ranked.c.place).where(ranked.c.eclipsed != (ranked.c.place > 1))
