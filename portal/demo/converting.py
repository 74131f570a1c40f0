"""Converting in the demo: a question that is really a wish becomes an idea, a wish that is there already a question, and a
comment works around another idea."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.database import db
from portal.discussion import writing
from portal.discussion.models import Post
from portal.forums import accepting
from portal.forums.models import Category, Topic
from portal.ideas.models import Board, Idea
from portal.moderation.converting.asking import ask, closing_statuses
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
THERE, CATEGORY = ("idea", "pay-code-colours"), "time"
QUESTION = "Can pay codes have a colour on the timesheet?"
ANSWER = (
    "They can, since 7.1: *Rules → Pay codes → Colour and mark*. Each code takes one of eight colours and a mark beside it "
    "(a dot, a bar, a ring), which prints, and which you can tell apart without colour.\n\n"
    "`NIGHT25` and `NIGHT50` begin with the same grey until somebody chooses. That is why they look alike at speed."
)
IDEA, COMMENT = ("idea", "undo-publish"), ("post", "publish-one-team")
HELPED = 11
"""How many of those who voted for it say that the workaround helps."""

Step = tuple[float, str, Callable[[Person], object]]


def turns(things: Things, boards: Mapping[str, Board], categories: Mapping[str, Category]) -> Iterator[Step]:
    """What happens: days ago, by whom, and the act."""
    yield 20.6, "yusra", lambda by: _ask(things, categories, by)
    yield 20.1, "kofi", lambda by: _answer(by)
    yield 19.3, "asha", lambda by: _accept(by)
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


def _ask(things: Things, categories: Mapping[str, Category], by: Person) -> None:
    if THERE in things and CATEGORY in categories:
        idea = things[THERE]
        words = {"title": QUESTION, "body": idea.body, "status": str(closing_statuses(idea)[0].key)}
        ask(idea, category=categories[CATEGORY], by=by, **words)


def _asked() -> Topic | None:
    return db.session.scalar(sa.select(Topic).where(Topic.title == QUESTION))


def _answer(by: Person) -> None:
    if (topic := _asked()) is not None:
        writing.write(topic, by=by, body=ANSWER)


def _accept(by: Person) -> None:
    topic = _asked()
    answer = topic and db.session.scalar(sa.select(Post).where(Post.topic_id == topic.id))
    if answer:
        accepting.accept(answer, by=by)


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
