"""What merging would change, before anything does: numbers of both ideas and of the one that would count for both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.database import db
from portal.ideas.models import Idea
from portal.voting.models import Vote
from portal.voting.tallying import Demand, company_of_vote, demand_for

Row = tuple[str, int, int]
MOST_PARTS = 12


@dataclass(frozen=True)
class Preview:
    """`voters`, `followers`: of the target, of the source, of both together. `twice`: how many voters have a vote on
    both; `freed`: how many votes come back to budgets, of how many people. `parts`: of each segment and tier, how
    many people want the target and how many the source."""

    source: Idea
    into: Idea
    voters: tuple[int, int, int]
    twice: int
    freed: tuple[int, int]
    followers: tuple[int, int, int]
    demands: tuple[Demand, Demand, Demand]
    segments: Sequence[Row]
    tiers: Sequence[Row]
    under: int

    @property
    def imported(self) -> int:
        """Votes without voters that the source brings."""
        return self.source.imported_up + self.source.imported_down

    @property
    def crosses(self) -> bool:
        """Whether the votes go to another board."""
        return self.source.board_id != self.into.board_id


def preview(source: Idea, into: Idea) -> Preview:
    """What would follow. A fixed number of queries, none of which changes anything."""
    there, here, twice = _voters(source, into)
    return Preview(
        source=source,
        into=into,
        voters=(there, here, there + here - twice),
        twice=twice,
        freed=_freed(source, into),
        followers=_followers(source, into),
        demands=(demand_for(into.id), demand_for(source.id), demand_for(into.id, source.id)),
        segments=_parts(source, into, Company.segment),
        tiers=_parts(source, into, Company.tier),
        under=source.sources,
    )


def _of_both(source: Idea, into: Idea) -> sa.ColumnElement[bool]:
    return Vote.counts_for_id.in_((source.id, into.id))


def _voters(source: Idea, into: Idea) -> tuple[int, int, int]:
    """How many voted for or against the target, the source, and both."""
    is_here = sa.func.sum(sa.case((Vote.counts_for_id == source.id, 1), else_=0))
    voters = sa.select(sa.func.count().label("votes"), is_here.label("here")).where(_of_both(source, into))
    each = voters.group_by(Vote.person_id, Vote.company_id).subquery()
    sums = sa.select(
        sa.func.coalesce(sa.func.sum(each.c.votes - each.c.here), 0),
        sa.func.coalesce(sa.func.sum(each.c.here), 0),
        sa.func.coalesce(sa.func.sum(sa.case((each.c.votes > 1, 1), else_=0)), 0),
    )
    row = db.session.execute(sums).one()
    return int(row[0]), int(row[1]), int(row[2])


def _freed(source: Idea, into: Idea) -> tuple[int, int]:
    """Votes that hold a budget now and would not: all from another board, else the lesser of two."""
    holding = sa.select(Vote.person_id, Vote.weight).where(
        _of_both(source, into), Vote.returned_at.is_(None), Vote.person_id.is_not(None)
    )
    if source.board_id != into.board_id:
        rows = holding.where(Vote.counts_for_id == source.id).subquery()
        sums = sa.select(sa.func.coalesce(sa.func.sum(rows.c.weight), 0), sa.func.count())
    else:
        both = holding.with_only_columns(sa.func.min(Vote.weight).label("weight")).group_by(Vote.person_id)
        rows = both.having(sa.func.count() > 1).subquery()
        sums = sa.select(sa.func.coalesce(sa.func.sum(rows.c.weight), 0), sa.func.count())
    row = db.session.execute(sums.select_from(rows)).one()
    return int(row[0]), int(row[1])


def _followers(source: Idea, into: Idea) -> tuple[int, int, int]:
    # By name: who follows what stands above this slice.
    watch = sa.table("watch", sa.column("person_id"), sa.column("idea_id"), sa.column("stopped_at"))
    following = sa.select(sa.func.count(sa.distinct(watch.c.person_id))).where(watch.c.stopped_at.is_(None))
    numbers = [
        db.session.scalar(following.where(watch.c.idea_id.in_(ids)))
        for ids in ([into.id], [source.id], [into.id, source.id])
    ]
    return numbers[0] or 0, numbers[1] or 0, numbers[2] or 0


def _parts(source: Idea, into: Idea, column: Any) -> list[Row]:
    people = sa.func.count(sa.distinct(Vote.person_id))
    rows = db.session.execute(
        sa.select(Vote.counts_for_id, column, people)
        .outerjoin(Person, Person.id == Vote.person_id)
        .outerjoin(Company, Company.id == company_of_vote())
        .where(_of_both(source, into), Vote.value == 1)
        .group_by(Vote.counts_for_id, column)
    )
    found: dict[str, list[int]] = {}
    for idea_id, part, count in rows:
        found.setdefault(part or "", [0, 0])[int(idea_id == source.id)] += count
    known = sorted(found.items(), key=lambda each: (-sum(each[1]), each[0]))[:MOST_PARTS]
    return [(name, counts[0], counts[1]) for name, counts in known]


def choices(idea: Idea, ideas: Sequence[Any]) -> list[Idea]:
    """Those among things that were found which this idea could be merged into."""
    return [
        each
        for each in ideas
        if isinstance(each, Idea) and each.id != idea.id and not (each.is_merged or each.is_hidden)
    ]
