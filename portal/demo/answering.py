"""Answering, once decisions were made: does what was shipped solve it, and who still wants what was declined."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.database import db
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
SOON, LATER = timedelta(days=2), timedelta(days=20)


def answer_all() -> None:
    """On every shipped idea some voters say whether it solves it; one declined idea is asked for again."""
    shipped = db.session.scalars(sa.select(Idea).where(Idea.status == Status.SHIPPED).order_by(Idea.id)).all()
    for idea in shipped:
        _judge(idea)
    declined = (
        sa.select(Idea).where(Idea.status == Status.DECLINED).order_by(Idea.score.desc(), Idea.id).limit(1)
    )
    for idea in db.session.scalars(declined):
        for n, person in enumerate(_voters(idea, ASKING)):
            with clock.at(
                min(idea.status_at + LATER + n * SOON, clock.now()) if idea.status_at else clock.now()
            ):
                appeal(idea, by=person)


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


def _judge(idea: Idea) -> None:
    for n, person in enumerate(_voters(idea, SPEAKING)):
        answer = SAYS[(n + idea.id) % len(SAYS)]
        with clock.at(min(idea.status_at + SOON * (n + 1), clock.now()) if idea.status_at else clock.now()):
            judge(idea, by=person, answer=answer, words=WORDS[answer] if n < len(WORDS) else "")


def _voters(idea: Idea, count: int) -> Sequence[Person]:
    voters = sa.select(Person).join(Vote, Vote.person_id == Person.id).where(Vote.idea_id == idea.id)
    customers = voters.where(Vote.value == 1, Person.role == Role.CUSTOMER)
    return db.session.scalars(customers.order_by(Vote.cast_at, Vote.id).limit(count)).all()
