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
from portal.voting.models import Vote

LATELY = 90
MONTHS = 12


@dataclass(frozen=True)
class Seen:
    """The ideas that figures are of: what lists show to this member of staff, of all boards or of one."""

    viewer: Viewer
    board_id: int | None = None

    def has(self, idea_id: Any) -> sa.ColumnElement[bool]:
        """What must hold for this column so that it names one of them; answered by indexes, without their rows."""
        listed = idea_id.not_in(_not_listed_to(self.viewer))
        if self.board_id is None:
            return listed
        return sa.and_(listed, idea_id.in_(sa.select(Idea.id).where(Idea.board_id == self.board_id)))


def _not_listed_to(viewer: Viewer) -> sa.Select[int]:
    """The ids of the ideas that stand in no list for this member of staff: those that `listed_to` leaves out.

    They are few, and an index knows them: what is counted over all ideas is counted without them, and looks at no row.
    """
    rule = ideas.listed_to(viewer).whereclause
    return sa.select(Idea.id).where(_is_in_few_lists(), sa.not_(rule) if rule is not None else sa.false())


def _is_in_few_lists() -> sa.ColumnElement[bool]:
    """The condition of the index that knows the ideas which are hidden or were merged."""
    return sa.or_(Idea.hidden_at.is_not(None), Idea.merged_into_id.is_not(None))


def votes_by_week(of: Seen, today: date) -> list[Bucket]:
    """Votes for these ideas in each of the last 26 weeks."""
    buckets = weeks(today)
    days = sa.select(VoteDay.day, sa.func.sum(VoteDay.votes)).where(VoteDay.day >= buckets[0].since)
    rows = days.where(of.has(VoteDay.idea_id)).group_by(VoteDay.day)
    return filled(buckets, [(day, int(votes)) for day, votes in db.session.execute(rows)])


@dataclass(frozen=True)
class Mix:
    """Votes of the last days by tier and by segment; None is for those without one."""

    since: date
    tier: Sequence[tuple[str | None, int]]
    segment: Sequence[tuple[str | None, int]]


def mix(of: Seen, today: date) -> Mix:
    """Votes for these ideas, cast in the last 90 days, by what the company of the voter is."""
    since = today - timedelta(days=LATELY - 1)
    lately = (Vote.value == 1, Vote.cast_at >= begin_of(since), of.has(Vote.counts_for_id))
    # A company by its number, a person by the negative of it: one key, and no index on people that leads SQLite
    # through the votes of all years.
    voter = sa.func.coalesce(Vote.company_id, -Vote.person_id).label("voter")
    once = sa.select(voter, sa.func.count().label("votes")).where(*lately).group_by(voter).subquery()
    rows = sa.select(Company.tier, Company.segment, sa.func.sum(once.c.votes)).select_from(once)
    rows = rows.outerjoin(Person, Person.id == -once.c.voter)
    rows = rows.outerjoin(Company, Company.id == sa.func.coalesce(Person.company_id, once.c.voter))
    tiers, segments = Counter[str | None](), Counter[str | None]()
    for tier, segment, count in db.session.execute(rows.group_by(Company.tier, Company.segment)):
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


def first_answers(of: Seen, today: date) -> list[Month]:
    """Time to the first answer of the house, an official answer or a change of status, by month of the idea.

    The database counts and ranks; of each month come two ideas, the one of the middle and the slow one.
    """
    buckets = months(today, MONTHS)
    made = sa.select(month := _month_of(Idea.created_at, buckets), sa.func.count()).where(*_made(of, buckets))
    ranked = _ranked(of, buckets).subquery()
    nearest = ranked.c.place.in_((_rank(ranked.c.answered, 5), _rank(ranked.c.answered, 9)))
    found: dict[int, dict[int, Any]] = defaultdict(dict)
    for row in db.session.execute(sa.select(ranked).where(nearest)):
        found[row.month][row.place] = row
    counts = {row[0]: row[1] for row in db.session.execute(made.group_by(month))}
    return [_month(each, counts[n], found[n]) for n, each in enumerate(buckets) if n in counts]


def _month(bucket: Bucket, made: int, places: dict[int, Any]) -> Month:
    """Of a month: `places` has the ideas of the two ranks."""
    if not places:
        return Month(bucket, made, 0, None, None)
    answered = next(iter(places.values())).answered
    ranks = (places[_rank(answered, tenths)] for tenths in (5, 9))
    middle, slow = (max((row.at - row.created_at) / timedelta(days=1), 0.0) for row in ranks)
    return Month(bucket, made, answered, middle, slow)


def _rank(count: Any, tenths: int) -> Any:
    """The place of the value that so many tenths of them do not exceed (nearest rank)."""
    return (count * tenths + 9) // 10


def _made(of: Seen, buckets: list[Bucket]) -> tuple[sa.ColumnElement[bool], ...]:
    return Idea.created_at >= begin_of(buckets[0].since), of.has(Idea.id)


def _month_of(moment: Any, buckets: list[Bucket]) -> Any:
    """The number of the month that a moment is in."""
    begun = [(moment >= begin_of(each.since), n) for n, each in enumerate(buckets)]
    return sa.case(*reversed(begun), else_=0).label("month")


def _ranked(of: Seen, buckets: list[Bucket]) -> sa.Select[Any]:
    """Of each idea of these months that was answered: when it was made, when it had its first answer, how many of its
    month were, and its place among those, the quickest first."""
    first = _first_answer(_made(of, buckets)).subquery()
    waited = _seconds(first.c.at) - _seconds(first.c.created_at)
    month = _month_of(first.c.created_at, buckets)
    place = sa.func.row_number().over(partition_by=month, order_by=(waited, first.c.created_at))
    answered = sa.func.count().over(partition_by=month)
    return sa.select(first, month, place.label("place"), answered.label("answered")).where(
        first.c.at.is_not(None)
    )


def _seconds(moment: Any) -> Any:
    if db.session.get_bind().dialect.name == "postgresql":
        return sa.extract("epoch", moment)
    return sa.func.julianday(moment) * 86_400


def _first_answer(made: tuple[sa.ColumnElement[bool], ...]) -> sa.Select[Any]:
    """Of each of these ideas: when it was made, and when it had its first answer."""
    official = sa.select(sa.func.min(OfficialAnswer.at)).where(OfficialAnswer.idea_id == Idea.id)
    by_somebody = (StatusChange.idea_id == Idea.id, StatusChange.changed_by_id.is_not(None))
    changed = sa.select(sa.func.min(StatusChange.at)).where(*by_somebody)
    a, b = official.correlate(Idea).scalar_subquery(), changed.correlate(Idea).scalar_subquery()
    first = sa.type_coerce(sa.case((a < b, a), (b.is_not(None), b), else_=a), Idea.created_at.type)
    return sa.select(Idea.created_at, first.label("at")).where(*made)


def by_status(of: Seen) -> dict[str, int]:
    """How many of these ideas stand in each status."""
    rows = sa.select(Idea.status, sa.func.count()).where(of.has(Idea.id)).group_by(Idea.status)
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
    of = Seen(viewer)
    ideas_of, undecided = _by_board(of)
    since = clock.now().date() - timedelta(days=LATELY)
    # The sum keeps SQLite at the index of days: by that of ideas it would read the days of all years.
    key = (VoteDay.idea_id + 0).label("key")
    days = sa.select(key, sa.func.sum(VoteDay.votes).label("votes")).where(VoteDay.day > since)
    lately = days.where(of.has(VoteDay.idea_id)).group_by(key).subquery()
    votes = sa.select(Idea.board_id, sa.func.sum(lately.c.votes)).join(lately, lately.c.key == Idea.id)
    cast = {row[0]: int(row[1]) for row in db.session.execute(votes.group_by(Idea.board_id))}
    return [
        Compared(board, ideas_of[board.id], undecided[board.id], cast.get(board.id, 0))
        for board in ideas.boards(viewer)
    ]


def _by_board(of: Seen) -> tuple[Counter[int], Counter[int]]:
    """How many ideas each board has, and of how many nobody decided. What a status means is asked once for each.

    What is hidden waits for nobody; the few that this viewer sees all the same are taken off.
    """
    parts, every, waits = (Idea.board_id, Idea.status), Counter[int](), Counter[int]()
    grouped = sa.select(*parts, sa.func.count().label("ideas")).where(of.has(Idea.id)).group_by(*parts)
    few = sa.select(Idea.id).where(_is_in_few_lists(), Idea.hidden_at.is_not(None))
    hidden = grouped.where(Idea.id.in_(few))
    for rows, counters in ((grouped, ((every, 1), (waits, 1))), (hidden, ((waits, -1),))):
        part = rows.subquery()
        undecided = waiting.is_no_decision(part.c.board_id, part.c.status)
        for board_id, count, waits_here in db.session.execute(
            sa.select(part.c.board_id, part.c.ideas, undecided)
        ):
            for counter, sign in counters:
                counter[board_id] += sign * count if counter is every or waits_here else 0
    return every, waits
