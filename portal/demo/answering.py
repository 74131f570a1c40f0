"""Answering, once decisions were made: does what was shipped solve it, and who still wants what was declined."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from operator import itemgetter

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.database import db
from portal.demo.loading import Item
from portal.ideas.appeals.appealing import appeal
from portal.ideas.models import Idea, Status
from portal.ideas.scores import scoring
from portal.ideas.verdicts.judging import judge
from portal.voting.models import Vote
from portal.voting.tallying import demand_for

SAYS = ("yes", "yes", "partly", "yes", "no")
WORDS = {
    "yes": "Just what we needed; the night shift noticed the same day.",
    "partly": "For one site it does. Across two sites we still copy by hand.",
    "no": "It covers the planners, not the people who work the shifts.",
}
SPEAKING, ASKING = 9, 12
"""How many answer on an idea, and how many ask again for the declined one that most wanted."""
EFFORTS = (("2", "80", "3"), ("1", "50", "1"), ("3", "80", "6"), ("0.5", "100", "0.5"))
"""Impact, confidence and effort of the ideas that are scored."""
SOON, LATER = 2, 20
"""Days between two who speak, and from a decision until the first asks again."""

Act = Callable[[Idea, int], Person | None]


def turns(ideas: Sequence[Item]) -> Iterator[tuple[float, Act, str, int]]:
    """Who speaks after a decision: days ago, the act, the key of the idea, and the how manieth of its voters it is.

    On every shipped idea some say whether it solves it; the declined one that most wanted is asked for again.
    """
    for idea in ideas:
        if (since := _decided(idea, Status.SHIPPED)) is not None:
            yield from _in_turn(since - SOON, SPEAKING, judge_as, idea)
    declined = [idea for idea in ideas if _decided(idea, Status.DECLINED) is not None]
    for idea in sorted(declined, key=itemgetter("votes"))[-1:]:
        yield from _in_turn(idea["answers"][-1]["days_ago"] - LATER, ASKING, appeal_as, idea)


def judge_as(idea: Idea, number: int) -> Person | None:
    """One of the voters says whether it solves it."""
    by = _voter(idea, number)
    if by:
        answer = SAYS[(number + idea.id) % len(SAYS)]
        judge(idea, by=by, answer=answer, words=WORDS[answer] if number < len(WORDS) else "")
    return by


def appeal_as(idea: Idea, number: int) -> Person | None:
    """One of the voters says that they still want it."""
    by = _voter(idea, number)
    if by:
        appeal(idea, by=by)
    return by


def score_some() -> None:
    """The product manager has scored the open ideas that most want."""
    decider = db.session.scalar(
        sa.select(Person).where(Person.role == Role.PRODUCT_MANAGER).order_by(Person.id)
    )
    waiting = sa.select(Idea).where(Idea.status == Status.OPEN, Idea.hidden_at.is_(None))
    wanted = db.session.scalars(waiting.order_by(Idea.score.desc(), Idea.id).limit(len(EFFORTS))).all()
    for idea, (impact, confidence, effort) in zip(wanted, EFFORTS, strict=False):
        if decider:
            inputs = {"impact": impact, "confidence": confidence, "effort": effort}
            numbers = {name: Decimal(value) for name, value in inputs.items()}
            reach = Decimal(demand_for(idea.id).companies)
            scoring.score(idea, by=decider, inputs={"reach": reach} | numbers)


def _decided(idea: Item, status: Status) -> float | None:
    """How many days ago the last decision on it was made, if it is this one."""
    last = idea["answers"][-1] if idea["answers"] else None
    return last["days_ago"] if last and last["status"] == status else None


def _in_turn(since: float, count: int, act: Act, idea: Item) -> Iterator[tuple[float, Act, str, int]]:
    for number in range(count):
        if (days_ago := since - number * SOON) > 0.5:
            yield days_ago, act, idea["key"], number


def _voter(idea: Idea, number: int) -> Person | None:
    """The customers who are for it, one after the other; None when there are not so many."""
    voters = sa.select(Person).join(Vote, Vote.person_id == Person.id).where(Vote.idea_id == idea.id)
    customers = voters.where(Vote.value == 1, Person.role == Role.CUSTOMER).order_by(Vote.cast_at, Vote.id)
    return next(iter(db.session.scalars(customers.limit(number + 1)).all()[number:]), None)
