"""Knowing what conditions ask about, for many happenings in a few queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Company, Person
from portal.crm_bridge.consenting import consents
from portal.crm_bridge.rules.happening import Happening
from portal.crm_bridge.rules.models import When
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.voting.models import Vote

Account = tuple[Company, int | None]


@dataclass
class Known:
    """People with their companies, texts, who voted for anything, and the accounts that voted for an idea, each with
    somebody of theirs who agreed to the CRM, if there is; `numbers` of what was counted already."""

    people: dict[int, Person] = field(default_factory=dict)
    ideas: dict[int, Any] = field(default_factory=dict)
    topics: dict[int, Any] = field(default_factory=dict)
    posts: dict[int, Any] = field(default_factory=dict)
    voters: set[int] = field(default_factory=set)
    accounts: dict[int, list[Account]] = field(default_factory=dict)
    numbers: dict[Any, int] = field(default_factory=dict)

    def is_hidden(self, happening: Happening) -> bool:
        """Whether something that it is about is hidden, or is not there."""
        about = (
            (happening.idea_id, self.ideas),
            (happening.topic_id, self.topics),
            (happening.post_id, self.posts),
        )
        return any(key is not None and (key not in rows or rows[key].hidden_at) for key, rows in about)

    def text(self, happening: Happening) -> str:
        """What was written there: of a post its own text, else title and text."""
        if happening.post_id is not None:
            return str(self.posts[happening.post_id].body)
        thing = self.ideas.get(happening.idea_id or 0) or self.topics.get(happening.topic_id or 0)
        return f"{thing.title}\n{thing.body}" if thing else ""


def know(happenings: Iterable[Happening]) -> Known:
    """All that conditions may ask about these. Seven queries at most."""
    each = list(happenings)
    people = {one.person_id for one in each if one.person_id}
    moved = {one.idea_id for one in each if one.when is When.MOVED and one.idea_id}
    select = sa.select(Person).options(joinedload(Person.company)).where(Person.id.in_(people))
    voted = sa.select(Vote.person_id).where(Vote.person_id.in_(people), Vote.value == 1).distinct()
    return Known(
        people={row.id: row for row in db.session.scalars(select)} if people else {},
        ideas=_rows(Idea, {one.idea_id for one in each if one.idea_id}, Idea.title),
        topics=_rows(Topic, {one.topic_id for one in each if one.topic_id}, Topic.title),
        posts=_rows(Post, {one.post_id for one in each if one.post_id}),
        voters={row for row in db.session.scalars(voted) if row} if people else set(),
        accounts=accounts_of(moved),
    )


def _rows(model: Any, ids: Collection[int], *more: Any) -> dict[int, Any]:
    select = sa.select(model.id, model.body, model.hidden_at, *more).where(model.id.in_(ids))
    return {row.id: row for row in db.session.execute(select)} if ids else {}


def accounts_of(ideas: Collection[int]) -> dict[int, list[Account]]:
    """The companies whose people, or for which staff, voted for these ideas, each with somebody who agreed, if any."""
    if not ideas:
        return {}
    whose = sa.func.coalesce(Person.company_id, Vote.company_id)
    agreed = sa.func.min(sa.case((consents(), Person.id)))
    rows = (
        sa.select(Vote.counts_for_id, whose.label("company"), agreed.label("person"))
        .outerjoin(Person, Person.id == Vote.person_id)
        .where(Vote.counts_for_id.in_(ideas), Vote.value == 1, whose.is_not(None))
        .group_by(Vote.counts_for_id, whose)
        .order_by(Vote.counts_for_id, whose)
        .subquery()
    )
    found: dict[int, list[Account]] = {}
    joined = sa.select(rows.c.counts_for_id, Company, rows.c.person).join(
        Company, Company.id == rows.c.company
    )
    for idea_id, company, person_id in db.session.execute(joined.order_by(rows.c.counts_for_id, Company.id)):
        found.setdefault(idea_id, []).append((company, person_id))
    return found
