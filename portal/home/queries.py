"""What the first screen reads: each part one bounded query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from portal import clock
from portal.accounts.models import Company, Person, Viewer
from portal.accounts.permissions import Role
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Acceptance, Topic
from portal.forums.queries import visible_to
from portal.ideas import queries as ideas
from portal.ideas.models import Idea
from portal.voting.tallying import Demand, demand_for

SHORT = (Topic.title, Topic.created_at, Topic.solved_at)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Solved:
    """A question with who answered it, and how many found the answer useful."""

    topic: Topic
    answered_by: str
    company: str
    useful: int


def solved_last(viewer: Viewer, count: int = 3) -> list[Solved]:
    """The questions that were solved last."""
    rows = db.session.execute(
        visible_to(viewer)
        .where(Topic.solved_at.is_not(None), Topic.hidden_at.is_(None))
        .add_columns(Person.name, Post.ghost_name, Company.name, Post.votes_up + Post.imported_up)
        .join(Acceptance, Acceptance.topic_id == Topic.id)
        .join(Post, Post.id == Acceptance.post_id)
        .outerjoin(Person, Person.id == Post.author_id)
        .outerjoin(Company, Company.id == Person.company_id)
        .options(load_only(*SHORT, raiseload=True))
        .order_by(Topic.solved_at.desc(), Topic.id.desc())
        .limit(count)
    )
    return [
        Solved(topic, name or ghost or "somebody", company or "", useful)
        for topic, name, ghost, company, useful in rows
    ]


def waiting(viewer: Viewer) -> Topic | None:
    """The newest question that nobody has answered yet."""
    unanswered = sa.text("topic.kind = 'question' AND topic.answers = 0")
    open_ones = visible_to(viewer).where(unanswered, Topic.locked_at.is_(None), Topic.hidden_at.is_(None))
    newest = open_ones.options(load_only(*SHORT, raiseload=True))
    return db.session.scalar(newest.order_by(Topic.last_activity_at.desc(), Topic.id.desc()).limit(1))


@dataclass(frozen=True)
class Shipped:
    """The idea that was shipped last, and who had wanted it."""

    idea: Idea
    demand: Demand


def shipped_last(viewer: Viewer) -> Shipped | None:
    """What came of asking, for everybody to see."""
    idea = ideas.latest_shipped(viewer)
    return Shipped(idea, demand_for(idea.id)) if idea else None


def participants() -> int:
    """How many customers take part: those who confirmed their mail address."""
    people = sa.select(sa.func.count()).select_from(Person).where(Person.role == Role.CUSTOMER)
    return db.session.scalar(people.where(Person.confirmed_at.is_not(None), Person.active)) or 0


def all_this_week(solved: Sequence[Solved]) -> bool:
    """Whether these were all solved in the last seven days."""
    since: datetime = clock.now() - WEEK
    return bool(solved) and all(each.topic.solved_at and each.topic.solved_at > since for each in solved)
