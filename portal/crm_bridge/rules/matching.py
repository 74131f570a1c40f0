"""Matching: of whom a rule speaks when something happened, if its conditions hold."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.crm_bridge.rules.defining import COUNTED, Definition
from portal.crm_bridge.rules.happening import Happening
from portal.crm_bridge.rules.knowing import Known
from portal.crm_bridge.rules.models import When
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.voting.models import Vote

RISK = (
    *("cancel", "canceling", "cancelling", "cancellation", "terminate", "not renew", "won't renew"),
    *("end our contract", "look elsewhere", "looking elsewhere", "switch to", "switching to", "moving to"),
    *("move away", "moving away", "leaving", "competitor", "competitors", "alternative", "alternatives"),
    *("refund", "deal breaker", "dealbreaker", "last straw", "giving up", "fed up"),
)
"""Wording that tells of leaving."""

MOST_TEXTS = 200
"""At so many texts about one thing is looked to count those of a kind."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom a rule speaks: a person, or an account with somebody of theirs who agreed to the CRM."""

    name: str
    person_id: int | None
    company_id: int | None


def subjects(said: Definition, happening: Happening, known: Known) -> list[Subject]:
    """Of whom the rule speaks. Nobody, when a condition does not hold or what it is about is hidden."""
    if said.when != happening.when or known.is_hidden(happening):
        return []
    if happening.when is When.MOVED:
        return _accounts(said, happening, known)
    person = known.people.get(happening.person_id or 0)
    if person is None or person.erased_at is not None:
        return []
    holds = (
        _person(said, person, happening, known)
        and _account(said, person.company, happening)
        and reads(said, known.text(happening))
        and (said.times < 2 or said.when not in COUNTED or _nth(said, happening, person, known))
    )
    return [Subject(f"person:{person.id}", person.id, person.company_id)] if holds else []


def _accounts(said: Definition, happening: Happening, known: Known) -> list[Subject]:
    if said.status and said.status != happening.to:
        return []
    accounts = known.accounts.get(happening.idea_id or 0, [])
    return [
        Subject(f"company:{company.id}", person_id, company.id)
        for company, person_id in accounts
        if _account(said, company, happening)
    ]


def _person(said: Definition, person: Person, happening: Happening, known: Known) -> bool:
    before, after = happening.points
    crossed = before < (said.points or 0) <= after
    return (
        (not said.role or (said.role == "staff") == person.is_staff)
        and (not said.consent or (said.consent == "yes") == person.crm_consent)
        and (crossed if said.when == When.REACHED else person.reputation >= (said.points or -(2**31)))
        and (not said.voter or person.id in known.voters)
    )


def _account(said: Definition, company: Company | None, happening: Happening) -> bool:
    asked = (said.tiers, said.segment, said.owner, said.revenue is not None, said.renews_within is not None)
    if not any(asked):
        return True
    return company is not None and (
        (not said.tiers or _fold(company.tier) in {_fold(each) for each in said.tiers})
        and (not said.segment or _fold(company.segment) == _fold(said.segment))
        and (not said.owner or _fold(company.owner) == _fold(said.owner))
        and (said.revenue is None or (company.revenue is not None and company.revenue >= said.revenue))
        and (said.renews_within is None or _renews(company, happening, said.renews_within))
    )


def _fold(text: str | None) -> str:
    return (text or "").strip().casefold()


def _renews(company: Company, happening: Happening, days: int) -> bool:
    day = happening.judged_at.date()
    return company.renews_on is not None and day <= company.renews_on <= day + timedelta(days=days)


def reads(said: Definition, text: str) -> bool:
    """Whether the text has the wording that the rule asks for."""
    folded = text.casefold().replace("’", "'")
    return (not said.words or bool(_any_of(said.words).search(folded))) and (
        not said.risk or bool(_any_of(RISK).search(folded))
    )


@lru_cache(256)
def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Any of these as a whole word, however many spaces stand between."""
    each = (r"\s+".join(map(re.escape, word.casefold().split())) for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)")


def _nth(said: Definition, happening: Happening, person: Person, known: Known) -> bool:
    """Whether it is the N-th of its kind within the days; of what came back, whether there are so many now."""
    if happening.back_at is None:
        return _number(said, happening, person) == said.times
    whose = (person.company_id, person.company_id or person.id) if said.when == When.ASKED else ()
    key = (said, happening.idea_id, happening.topic_id, whose)
    if key not in known.numbers:
        known.numbers[key] = _number(said, happening, person)
    return known.numbers[key] >= said.times


def _number(said: Definition, happening: Happening, person: Person) -> int:
    since = happening.judged_at - timedelta(days=said.days)
    if said.when == When.VOTED:
        return _votes(said, happening, since)
    if said.when == When.ASKED:
        return _questions(said, happening, person, since)
    return sum(reads(said, text) for text in _texts(happening, since))


def _votes(said: Definition, happening: Happening, since: object) -> int:
    votes = sa.select(Vote.id).where(
        Vote.idea_id == happening.idea_id,
        Vote.value == 1,
        Vote.cast_at > since,
        Vote.cast_at <= happening.judged_at,
    )
    return len(db.session.scalars(votes.limit(said.times + 1)).all())


def _questions(said: Definition, happening: Happening, person: Person, since: object) -> int:
    whose = Topic.author_id == person.id
    if person.company_id is not None:
        colleagues = sa.select(Person.id).where(Person.company_id == person.company_id)
        whose = Topic.author_id.in_(colleagues)
    topics = sa.select(Topic.id).where(
        whose, Topic.hidden_at.is_(None), Topic.created_at > since, Topic.created_at <= happening.judged_at
    )
    return len(db.session.scalars(topics.limit(said.times + 1)).all())


def _texts(happening: Happening, since: object) -> Iterable[str]:
    """What was written lately about the same idea or question, its own text among it."""
    where = Post.idea_id == happening.idea_id if happening.idea_id else Post.topic_id == happening.topic_id
    posts = sa.select(Post.body).where(
        where, Post.hidden_at.is_(None), Post.created_at > since, Post.created_at <= happening.judged_at
    )
    yield from db.session.scalars(posts.order_by(Post.position.desc()).limit(MOST_TEXTS))
    yield from _own(happening, since)


def _own(happening: Happening, since: object) -> list[str]:
    model, key = (Idea, happening.idea_id) if happening.idea_id else (Topic, happening.topic_id)
    select = sa.select(model.title, model.body).where(
        model.id == key, model.created_at > since, model.created_at <= happening.judged_at
    )
    return [f"{row.title}\n{row.body}" for row in db.session.execute(select)]
