"""Every read of bursts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person, Viewer
from portal.database import db
from portal.ideas import queries as ideas
from portal.ideas.models import Idea
from portal.insights.bursts.gathering import MANY, WITHIN, Burst, Press, bursts
from portal.voting.models import Vote

DAYS = 30
IDEAS = 50
VOTES = 10_000
"""So many votes are looked at, the newest ones of the ideas in question."""


@dataclass(frozen=True)
class Found:
    """A burst, and the idea that it is for."""

    idea: Idea
    burst: Burst


def latest(viewer: Viewer, now: datetime) -> list[Found]:
    """Bursts of the last 30 days for ideas that the viewer sees in lists, the newest first. Two queries."""
    since = now - timedelta(days=DAYS)
    crowded = {idea.id: idea for idea in _crowded(viewer, since)}
    presses = _presses(list(crowded), since) if crowded else {}
    found = [Found(crowded[key], burst) for key, cast in presses.items() for burst in bursts(cast)]
    return sorted(found, key=lambda each: each.burst.last, reverse=True)


def _crowded(viewer: Viewer, since: datetime) -> Sequence[Idea]:
    """The ideas with many votes within an hour, the latest first."""
    seconds = sa.extract("epoch", Vote.cast_at)
    together = sa.func.count().over(
        partition_by=Vote.counts_for_id, order_by=seconds, range_=(-int(WITHIN.total_seconds()), 0)
    )
    columns = (Vote.counts_for_id.label("idea_id"), Vote.cast_at, together.label("together"))
    counted = sa.select(*columns).where(*_own(since)).subquery()
    last = sa.func.max(counted.c.cast_at).label("last")
    many = sa.select(counted.c.idea_id, last).where(counted.c.together >= MANY).group_by(counted.c.idea_id)
    there = many.subquery()
    found = ideas.listed_to(viewer).join(there, there.c.idea_id == Idea.id).order_by(there.c.last.desc())
    return ideas.cards(found.limit(IDEAS))


def _presses(idea_ids: Sequence[int], since: datetime) -> dict[int, list[Press]]:
    """The votes for these ideas by idea, in the order in which they were cast."""
    rows: Sequence[Any] = db.session.execute(
        sa.select(Vote.counts_for_id, Vote.cast_at, Person.created_at, Company.name, Person.email)
        .join(Person, Person.id == Vote.person_id)
        .outerjoin(Company, Company.id == Person.company_id)
        .where(Vote.counts_for_id.in_(idea_ids), *_own(since))
        .order_by(Vote.cast_at.desc(), Vote.id.desc())
        .limit(VOTES)
    ).all()
    found = defaultdict[int, list[Press]](list)
    for idea_id, cast_at, made_at, company, email in reversed(rows):
        found[idea_id].append(Press(cast_at, made_at, company, (email or "").rpartition("@")[2]))
    return found


def _own(since: datetime) -> tuple[sa.ColumnElement[Any], ...]:
    """Votes for ideas that people cast here themselves."""
    return (
        Vote.cast_at >= since,
        Vote.value == 1,
        Vote.counts_for_id.is_not(None),
        Vote.person_id.is_not(None),
        Vote.added_by_id.is_(None),
        Vote.imported.is_(False),
    )
