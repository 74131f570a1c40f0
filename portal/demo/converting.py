"""Converting in the demo: a question that is really a wish becomes an idea, and a comment works around another one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.database import db
from portal.ideas.models import Board, Idea
from portal.moderation.converting.proposing import propose
from portal.moderation.workarounds import helping
from portal.moderation.workarounds.marking import mark
from portal.voting import casting
from portal.voting.models import Vote

Things = Mapping[tuple[str, str], Any]
TOPIC, BOARD = ("topic", "odata-empty-column"), "admin"
TITLE = "OData: keep every column, also when it is empty for everybody"
BODY = (
    "The feed of the report *Rule violations* has a column `override_reason`. In weeks without any override it is missing "
    'from the metadata: Power BI stops with "column not found", and in Excel all columns right of it move one to the left.\n\n'
    "Let the columns of a feed be the same every week, whatever is in them."
)
VOTERS = ("asha", "jhun", "emi", "meiling", "ragnhild", "katja")
IDEA, COMMENT = ("idea", "undo-publish"), ("post", "publish-one-team")
HELPED = 11
"""How many of those who voted for it say that the workaround helps."""

Step = tuple[float, str, Callable[[Person], object]]


def turns(things: Things, boards: Mapping[str, Board]) -> Iterator[Step]:
    """What happens: days ago, by whom, and the act."""
    yield 17.4, "callum", lambda by: _propose(things, boards, by)
    for place, key in enumerate(VOTERS):
        yield 16.8 - 2.1 * place, key, lambda by: _vote(by)
    yield 24.3, "yusra", lambda by: _mark(things, by)
    yield 3.2, "yusra", lambda _by: _say(things)


def _propose(things: Things, boards: Mapping[str, Board], by: Person) -> None:
    if TOPIC in things and BOARD in boards:
        propose(things[TOPIC], board=boards[BOARD], title=TITLE, body=BODY, by=by)


def _vote(by: Person) -> None:
    idea = db.session.scalar(sa.select(Idea).where(Idea.title == TITLE))
    if idea is not None:
        casting.cast(idea, by=by)


def _mark(things: Things, by: Person) -> None:
    if IDEA in things and COMMENT in things:
        mark(things[IDEA], things[COMMENT], by=by)


def _say(things: Things) -> None:
    """Every third voter says so: they read it when they were told."""
    if IDEA not in things or COMMENT not in things:
        return
    idea = things[IDEA]
    votes = sa.select(Person).join(Vote, Vote.person_id == Person.id)
    votes = votes.where(Vote.counts_for_id == idea.id, Vote.value == 1).order_by(Vote.cast_at, Vote.id)
    for person in db.session.scalars(votes).all()[::3][:HELPED]:
        helping.say(idea, by=person)
