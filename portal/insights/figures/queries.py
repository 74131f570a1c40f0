"""Every read of figures: each counts what the list that it leads to shows to the same viewer."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company, Person, Viewer
from portal.database import db
from portal.ideas import queries as ideas
from portal.ideas import waiting
from portal.ideas.models import Idea, OfficialAnswer, StatusChange
from portal.insights.bucketing import Bucket, filled, months, weeks
from portal.insights.choosing import begin_of
from portal.voting.demand.models import VoteDay
from portal.voting.demand.weighing import company_of_vote
from portal.voting.models import Vote

LATELY = 90
MONTHS = 12


def seen(viewer: Viewer, board_id: int | None) -> sa.Select[Any]:
    """The ideas that figures are of."""
    found: sa.Select[Any] = ideas.listed_to(viewer)
    return found if board_id is None else found.where(Idea.board_id == board_id)


def votes_by_week(of: sa.Select[Any], today: date) -> list[Bucket]:
    """Votes for these ideas in each of the last 26 weeks."""
    buckets = weeks(today)
    days = of.join(VoteDay, VoteDay.idea_id == Idea.id).where(VoteDay.day >= buckets[0].since)
    rows = days.with_only_columns(VoteDay.day, sa.func.sum(VoteDay.votes)).group_by(VoteDay.day)
    return filled(buckets, [(day, int(votes)) for day, votes in db.session.execute(rows)])


@dataclass(frozen=True)
class Mix:
    """Votes of the last days by tier and by segment; None is for those without one."""

    since: date
    tier: Sequence[tuple[str | None, int]]
    segment: Sequence[tuple[str | None, int]]


def mix(of: sa.Select[Any], today: date) -> Mix:
    """Votes for these ideas, cast in the last 90 days, by what the company of the voter is."""
    since = today - timedelta(days=LATELY - 1)
    votes = of.join(Vote, Vote.counts_for_id == Idea.id).outerjoin(Person, Person.id == Vote.person_id)
    votes = votes.where(Vote.value == 1, Vote.cast_at >= begin_of(since))
    by_company = votes.with_only_columns(company_of_vote().label("key"), sa.func.count().label("votes"))
    once = by_company.group_by(company_of_vote()).subquery()
    rows = sa.select(Company.tier, Company.segment, sa.func.sum(once.c.votes)).select_from(once)
    rows = rows.outerjoin(Company, Company.id == once.c.key).group_by(Company.tier, Company.segment)
    tiers, segments = Counter[str | None](), Counter[str | None]()
    for tier, segment, count in db.session.execute(rows):
        tiers[tier or None] += int(count)
        segments[segment or None] += int(count)
    return Mix(since, tiers.most_common(), segments.most_common())


@dataclass(frozen=True)
class Month:
    """Ideas made in a month: how many, how many had a first answer, and after how many days: the middle one, and the
    one that nine of ten did not exceed (None without answers)."""

    bucket: Bucket
    made: int
    answered: int
    middle: float | None
    slow: float | None


def first_answers(of: sa.Select[Any], today: date) -> list[Month]:
    """Time to the first answer of the house, an official answer or a change of status, by month of the idea.

    The database counts and ranks; of each month come two ideas, the one of the middle and the slow one.
    """
    buckets = months(today, MONTHS)
    ranked = _ranked(of, buckets).subquery()
    nearest = sa.or_(ranked.c.place.in_((_rank(ranked.c.answered, 5), _rank(ranked.c.answered, 9))))
    rows = sa.select(ranked).where(sa.or_(ranked.c.place == 1, nearest))
    found: dict[int, dict[int, Any]] = defaultdict(dict)
    for row in db.session.execute(rows):
        found[row.month][row.place] = row
    return [_month(each, found[n]) for n, each in enumerate(buckets) if n in found]


def _month(bucket: Bucket, places: dict[int, Any]) -> Month:
    """Of a month: `places` has the first idea, and those of the two ranks."""
    first = places[1]
    middle, slow = (
        max((row.at - row.created_at) / timedelta(days=1), 0.0) if first.answered else None
        for row in (places[max(_rank(first.answered, part), 1)] for part in (5, 9))
    )
    return Month(bucket, first.made, first.answered, middle, slow)


def _rank(count: Any, tenths: int) -> Any:
    """The place of the value that so many tenths of them do not exceed (nearest rank)."""
    return (count * tenths + 9) // 10


def _ranked(of: sa.Select[Any], buckets: list[Bucket]) -> sa.Select[Any]:
    """Of each idea of these months: when it was made, when it had its first answer, how many of its month were made and
    answered, and its place among those, the quickest first; those that wait stand behind them."""
    since = begin_of(buckets[0].since)
    begun = [(Idea.created_at >= begin_of(each.since), n) for n, each in enumerate(buckets)]
    month = sa.case(*reversed(begun), else_=0).label("month")
    first = _first_answer(of.where(Idea.created_at >= since), month).subquery()
    waited = _seconds(first.c.at) - _seconds(first.c.created_at)
    order = (first.c.at.is_(None), waited, first.c.created_at)
    return sa.select(
        first,
        sa.func.row_number().over(partition_by=first.c.month, order_by=order).label("place"),
        sa.func.count().over(partition_by=first.c.month).label("made"),
        sa.func.count(first.c.at).over(partition_by=first.c.month).label("answered"),
    )


def _seconds(moment: Any) -> Any:
    if db.session.get_bind().dialect.name == "postgresql":
        return sa.extract("epoch", moment)
    return sa.func.julianday(moment) * 86_400


def _first_answer(of: sa.Select[Any], month: Any) -> sa.Select[Any]:
    """Of each of these ideas: its month, when it was made, and when it had its first answer."""
    official = sa.select(sa.func.min(OfficialAnswer.at)).where(OfficialAnswer.idea_id == Idea.id)
    by_somebody = (StatusChange.idea_id == Idea.id, StatusChange.changed_by_id.is_not(None))
    changed = sa.select(sa.func.min(StatusChange.at)).where(*by_somebody)
    a, b = official.correlate(Idea).scalar_subquery(), changed.correlate(Idea).scalar_subquery()
    kind = Idea.created_at.type
    first = sa.type_coerce(sa.case((a < b, a), (b.is_not(None), b), else_=a), kind)
    return of.with_only_columns(Idea.created_at, month, first.label("at"))


def by_status(of: sa.Select[Any]) -> dict[str, int]:
    """How many of these ideas stand in each status."""
    rows = of.with_only_columns(Idea.status, sa.func.count()).group_by(Idea.status)
    return {row[0]: row[1] for row in db.session.execute(rows)}


@dataclass(frozen=True)
class Compared:
    """A board: its ideas, those that are not decided, votes for them in the last 90 days."""

    board: Any
    ideas: int
    undecided: int
    votes: int


def boards_compared(viewer: Viewer) -> list[Compared]:
    """All boards side by side."""
    ideas_of, undecided = _by_board(viewer)
    votes = seen(viewer, None).join(VoteDay, VoteDay.idea_id == Idea.id)
    votes = votes.where(VoteDay.day > clock.now().date() - timedelta(days=LATELY))
    rows = votes.with_only_columns(Idea.board_id, sa.func.sum(VoteDay.votes)).group_by(Idea.board_id)
    cast = {row[0]: int(row[1]) for row in db.session.execute(rows)}
    return [
        Compared(board, ideas_of[board.id], undecided[board.id], cast.get(board.id, 0))
        for board in ideas.boards(viewer)
    ]


def _by_board(viewer: Viewer) -> tuple[Counter[int], Counter[int]]:
    """How many ideas each board has, and of how many nobody decided. What a status means is asked once for each."""
    is_hidden = Idea.hidden_at.is_not(None).label("is_hidden")
    parts = (Idea.board_id, Idea.status, is_hidden)
    grouped = seen(viewer, None).with_only_columns(*parts, sa.func.count().label("ideas")).group_by(*parts)
    part = grouped.subquery()
    undecided = sa.and_(waiting.is_no_decision(part.c.board_id, part.c.status), ~part.c.is_hidden)
    every, waits = Counter[int](), Counter[int]()
    for board_id, count, waits_here in db.session.execute(
        sa.select(part.c.board_id, part.c.ideas, undecided)
    ):
        every[board_id] += count
        waits[board_id] += count if waits_here else 0
    return every, waits
