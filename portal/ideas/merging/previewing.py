"""What merging would change, before anything does: numbers of the ideas and of the one that would count for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.database import db
from portal.ideas.models import Board, Idea
from portal.ideas.standing import Votes
from portal.voting import uniting
from portal.voting.models import Vote, is_own, weight_counted
from portal.voting.tallying import Demand, company_of_vote, demand_for

Row = tuple[str, int, int]
MOST_PARTS = 12


@dataclass(frozen=True)
class Preview:
    """`voters`, `followers`, `comments`: of the target, of the sources as if they were one, of all together. `twice`:
    how many voters have a vote on more than one; `freed`: how many votes come back to budgets, of how many people.
    `segments` and `tiers`: of each, how many people want the target and how many the sources."""

    sources: Sequence[Idea]
    into: Idea
    voters: tuple[int, int, int]
    twice: int
    freed: tuple[int, int]
    followers: tuple[int, int, int]
    comments: tuple[int, int, int]
    demands: tuple[Demand, Demand, Demand]
    segments: Sequence[Row]
    tiers: Sequence[Row]

    @property
    def imported(self) -> int:
        """Votes without voters that the sources bring."""
        return sum(each.imported_up + each.imported_down for each in self.sources)

    @property
    def under(self) -> int:
        """How many ideas come along because they count for a source."""
        return sum(each.sources for each in self.sources)

    @property
    def elsewhere(self) -> Sequence[Board]:
        """The other boards from which votes come, each once."""
        boards = {each.board_id: each.board for each in self.sources if each.board_id != self.into.board_id}
        return list(boards.values())


@dataclass(frozen=True)
class _Pair:
    """The target and the sources, by what counts for them."""

    into: Idea
    sources: Sequence[Idea]

    @property
    def ids(self) -> list[int]:
        return [self.into.id, *(each.id for each in self.sources)]

    @property
    def holding(self) -> list[int]:
        """Those for which votes hold budgets now."""
        return [
            each.id for each in (self.into, *self.sources) if each.locked_at is None and not each.is_hidden
        ]

    @property
    def holding_after(self) -> list[int]:
        """Those whose votes would hold budgets for the target."""
        if self.into.locked_at is not None or self.into.standing.votes == Votes.RETURNED:
            return [self.into.id]
        return [each.id for each in (self.into, *self.sources) if each.board_id == self.into.board_id]

    def of_any(self) -> sa.ColumnElement[bool]:
        return Vote.counts_for_id.in_(self.ids)

    def is_here(self) -> sa.ColumnElement[int]:
        """1 for what counts for a source, else 0."""
        return sa.case((Vote.counts_for_id == self.into.id, 0), else_=1)


def preview(sources: Sequence[Idea], into: Idea) -> Preview:
    """What would follow if these, each with its board, were merged into another. A fixed number of queries, none of
    which changes anything."""
    both, ids = _Pair(into, sources), [each.id for each in sources]
    voters, twice = _voters(both)
    return Preview(
        sources=sources,
        into=into,
        voters=voters,
        twice=twice,
        freed=_freed(both),
        followers=_followers(both),
        comments=_comments(both),
        demands=(demand_for(into.id), demand_for(*ids), demand_for(*both.ids)),
        segments=_parts(both, Company.segment),
        tiers=_parts(both, Company.tier),
    )


def _voters(both: _Pair) -> tuple[tuple[int, int, int], int]:
    """How many voted for or against the target, the sources, all; and how many of them more than once."""
    here, count = sa.func.max(both.is_here()), sa.func.count()
    there = 1 - sa.func.min(both.is_here())
    voters = sa.select(there.label("there"), here.label("here"), count.label("votes")).where(both.of_any())
    each = voters.group_by(Vote.person_id, Vote.company_id).subquery()
    more = sa.case((each.c.votes > 1, 1), else_=0)
    sums = [sa.func.coalesce(sa.func.sum(column), 0) for column in (each.c.there, each.c.here, more)]
    row = db.session.execute(sa.select(*sums, sa.func.count()).select_from(each)).one()
    return (int(row[0]), int(row[1]), int(row[3])), int(row[2])


def _freed(both: _Pair) -> tuple[int, int]:
    """Votes that hold a budget now and would not, and of how many people: all but those that would count on this board."""
    place = sa.func.row_number().over(
        partition_by=(Vote.person_id, Vote.company_id), order_by=uniting.precedence(both.into)
    )
    most = both.into.board.most_per_idea
    capped = sa.case(
        (Vote.idea_id == both.into.id, weight_counted()), (Vote.weight > most, most), else_=Vote.weight
    )
    ranked = sa.select(
        Vote.person_id,
        weight_counted().label("before"),
        sa.case((Vote.counts_for_id.in_(both.holding_after), capped), else_=0).label("after"),
        place.label("place"),
        sa.and_(Vote.counts_for_id.in_(both.holding), Vote.returned_at.is_(None), is_own()).label("holds"),
    )
    each = ranked.where(both.of_any()).subquery()
    freed = each.c.before - sa.case((each.c.place == 1, each.c.after), else_=0)
    sums = sa.select(sa.func.coalesce(sa.func.sum(freed), 0), sa.func.count(each.c.person_id.distinct()))
    row = db.session.execute(sums.where(each.c.holds, freed > 0)).one()
    return int(row[0]), int(row[1])


def _followers(both: _Pair) -> tuple[int, int, int]:
    # By name: who follows what stands above this slice.
    watch = sa.table("watch", sa.column("person_id"), sa.column("idea_id"), sa.column("stopped_at"))
    following = sa.select(sa.func.count(sa.distinct(watch.c.person_id))).where(watch.c.stopped_at.is_(None))
    numbers = [
        db.session.scalar(following.where(watch.c.idea_id.in_(ids))) or 0
        for ids in (both.ids[:1], both.ids[1:], both.ids)
    ]
    return numbers[0], numbers[1], numbers[2]


def _comments(both: _Pair) -> tuple[int, int, int]:
    """With those on ideas that count for them."""
    counting = sa.func.coalesce(Idea.merged_into_id, Idea.id)
    sums = sa.select(counting, sa.func.sum(Idea.comments)).group_by(counting)
    there = sa.or_(Idea.id.in_(both.ids), Idea.merged_into_id.in_(both.ids))
    found = {row[0]: int(row[1]) for row in db.session.execute(sums.where(there))}
    into, all_of_them = found.get(both.into.id, 0), sum(found.values())
    return into, all_of_them - into, all_of_them


def _parts(both: _Pair, column: Any) -> list[Row]:
    votes = (
        sa.select(both.is_here().label("here"), column.label("part"), Vote.person_id)
        .outerjoin(Person, Person.id == Vote.person_id)
        .outerjoin(Company, Company.id == company_of_vote())
        .where(both.of_any(), Vote.value == 1)
        .subquery()
    )
    people = sa.func.count(sa.distinct(votes.c.person_id))
    rows = sa.select(votes.c.here, votes.c.part, people).group_by(votes.c.here, votes.c.part)
    found: dict[str, list[int]] = {}
    for side, part, count in db.session.execute(rows):
        found.setdefault(part or "", [0, 0])[side] += count
    known = sorted(found.items(), key=lambda each: (-sum(each[1]), each[0]))[:MOST_PARTS]
    return [(name, counts[0], counts[1]) for name, counts in known]


def choices(idea: Idea, ideas: Sequence[Any]) -> list[Idea]:
    """Those among things that were found which this idea could be merged into."""
    return [
        each
        for each in ideas
        if isinstance(each, Idea) and each.id != idea.id and not (each.is_merged or each.is_hidden)
    ]
