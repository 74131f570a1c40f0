"""Audits: the rank of ideas, worked out again from the votes, and the versions of official answers."""

from collections import defaultdict
from collections.abc import Generator, Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.activity.auditing import audits, compare
from portal.database import db
from portal.ideas.models import Board, Idea, OfficialAnswer
from portal.ideas.standing import Votes, votes_of
from portal.voting import ranking
from portal.voting.models import Vote, weight_counted

_is_merged = Idea.merged_into_id.is_not(None)

CLOSE = 1e-6
"""How far a rank that grew vote by vote may stand from the sum over all votes at once."""

Differences = Generator[str, None, int]


@audits("rank of ideas")
def rank_ideas() -> Differences:
    """`hot` against the sum over the votes, with what dated imported votes came with."""
    compared = 0
    for idea_id, stored, worked_out in _ranks():
        compared += 1
        if abs(stored - worked_out) > CLOSE:
            yield f"hot of idea {idea_id}: stored {stored}, worked out {worked_out}"
    return compared


@audits("returned votes")
def check_returned() -> Differences:
    """Votes on closed ideas are returned, those on others are not. Importers may know better."""
    compared = 0
    for vote_id, returned, is_closed in db.session.execute(_returned()):
        compared += 1
        if bool(returned) != bool(is_closed):
            yield f"vote {vote_id}: returned {bool(returned)}, its idea closed {bool(is_closed)}"
    return compared


@audits("versions of official answers")
def count_answers() -> Differences:
    """`answer_version` is the highest version there is."""
    return (yield from compare("answer_version of idea", _newest()))


@cache
def _returned() -> Any:
    closed = votes_of(Idea.board_id, Idea.status) == Votes.RETURNED
    votes = sa.select(Vote.id, Vote.returned_for == "closing", closed).join(Idea, Idea.id == Vote.idea_id)
    votes = votes.where(Vote.carried_to_id.is_(None), Vote.eclipsed.is_(False))
    return votes.where(Vote.imported.is_(False))


@cache
def _newest() -> sa.Select[Any]:
    highest = sa.func.coalesce(sa.func.max(OfficialAnswer.version), 0)
    newest = sa.select(highest).where(OfficialAnswer.idea_id == Idea.id).scalar_subquery()
    return sa.select(Idea.id, Idea.answer_version, newest)


@cache
def _votes() -> sa.Select[Any]:
    return (
        sa.select(Idea.id, Idea.hot, Idea.imported_hot, Board.half_life, Vote.cast_at)
        .add_columns(Vote.value * sa.case((_is_merged, Vote.weight), else_=weight_counted()))
        .join(Board, Board.id == Idea.board_id)
        .outerjoin(Vote, sa.case((_is_merged, Vote.idea_id), else_=Vote.counts_for_id) == Idea.id)
        .order_by(Idea.id)
    )


def _ranks() -> Iterator[tuple[int, float, float]]:
    """Of each idea: id, the stored rank, and the rank that its votes give."""
    rows: Any = db.session.execute(_votes(), execution_options={"yield_per": 1_000})
    carried = _carried_ranks()
    for (idea_id, stored, imported, half_life), group in groupby(rows, key=itemgetter(0, 1, 2, 3)):
        cast = [(at, value) for *_, at, value in group if at is not None]
        brought = ranking.together([imported, *carried.get(idea_id, ())])
        yield idea_id, stored, ranking.of_votes(cast, half_life, imported_hot=brought)


@cache
def _brought() -> Any:
    there, here, home = aliased(Idea), aliased(Board), aliased(Board)
    return (
        sa.select(Idea.merged_into_id, Idea.imported_hot, Idea.imported_up, here.half_life, home.half_life)
        .join(there, there.id == Idea.merged_into_id)
        .join(here, here.id == there.board_id)
        .join(home, home.id == Idea.board_id)
        .where(Idea.imported_hot.is_not(None))
    )


def _carried_ranks() -> dict[int, list[float]]:
    """Of each idea that counts for others: the ranks that their imported votes came with, under its half-life."""
    found = defaultdict[int, list[float]](list)
    for idea_id, hot, votes, half_life, was in db.session.execute(_brought()):
        found[idea_id or 0].append(ranking.under(half_life, hot or 0.0, votes, was=was))
    return found
