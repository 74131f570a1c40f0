"""Which points the rows of votes, acceptances and statuses justify. The ledger must say the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.accounts.permissions import STAFF
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Acceptance, Topic
from portal.ideas.models import Idea, Status
from portal.ideas.statuses.queries import is_complete
from portal.reputation.rules import RULES
from portal.voting.models import Vote, is_own

PLANNED = (Status.PLANNED, Status.STARTED)


@dataclass(frozen=True)
class Claim:
    """That `person_id` is due the points of `rule`, because of `cause`; `source` is "idea" or "post"."""

    cause: str
    person_id: int
    actor_id: int | None
    rule: str
    source: str
    source_id: int

    @property
    def points(self) -> int:
        return RULES[self.rule].points


def of_post(post_id: int | None = None) -> Iterator[Claim]:
    """Claims that rest on one visible answer, or on all of them."""
    yield from _answer_votes(post_id)
    yield from _acceptances(post_id)


def of_idea(idea_id: int | None = None) -> Iterator[Claim]:
    """Claims that rest on one visible idea, or on all of them."""
    yield from _idea_votes(idea_id)
    yield from _statuses(idea_id)


def answerer(post_id: int) -> int | None:
    """Who earns by a vote on this post: its author, when it is a visible answer to a question."""
    return db.session.scalar(_authors(), {"of": post_id})


def answer_vote(post_id: int, voter_id: int, author_id: int, value: int) -> Iterator[Claim]:
    """What one vote on an answer is worth to its author and, against, to the voter."""
    rule = "answer_upvoted" if value > 0 else "answer_downvoted"
    yield Claim(f"answer_vote:{post_id}:{voter_id}", author_id, voter_id, rule, "post", post_id)
    if value < 0:
        yield Claim(f"downvote:{post_id}:{voter_id}", voter_id, voter_id, "downvoted_answer", "post", post_id)


def idea_vote(idea_id: int, voter_id: int, author_id: int) -> Claim:
    """What one vote for an idea is worth to its author."""
    return Claim(f"idea_vote:{idea_id}:{voter_id}", author_id, voter_id, "idea_upvoted", "idea", idea_id)


# Put together once, for one ("of") and for all: every vote asks.
def _rows(statement: Any, of: int | None) -> Any:
    return db.session.execute(statement(of is not None), {} if of is None else {"of": of})


@cache
def _authors() -> Any:
    return _answers(True, Post.author_id)


def _answers(one: bool, *columns: Any) -> sa.Select[Any]:
    """Visible answers to questions, by somebody with an account. Hiding a question takes nothing from its answerers."""
    found = (
        sa.select(*columns)
        .select_from(Post)
        .join(Topic, Post.topic_id == Topic.id)
        .where(Topic.kind == "question")
        .where(
            Post.parent_id.is_(None),
            Post.aside.is_(False),
            Post.hidden_at.is_(None),
            Post.author_id.is_not(None),
        )
    )
    return found.where(Post.id == sa.bindparam("of")) if one else found


def _answer_votes(post_id: int | None) -> Iterator[Claim]:
    for row in _rows(_votes_on_answers, post_id):
        yield from answer_vote(*row)


@cache
def _votes_on_answers(one: bool) -> sa.Select[Any]:
    return (
        _answers(one, Post.id, Vote.person_id, Post.author_id, Vote.value)
        .join(Vote, Vote.post_id == Post.id)
        .where(Vote.imported.is_(False), Vote.person_id != Post.author_id)
    )


def _acceptances(post_id: int | None) -> Iterator[Claim]:
    """Accepting one's own answer, or a colleague's, earns nobody anything. Imported ones name nobody."""
    for answer, topic, author, asker, by, role, home, home_of_accepter in _rows(_accepted, post_id):
        cause = f"accepted:{topic}:{answer}"
        if by != asker:
            if role in STAFF:
                yield Claim(cause, author, by, "answer_verified", "post", answer)
        elif home is None or home != home_of_accepter:
            yield Claim(cause, author, by, "answer_accepted", "post", answer)
            yield Claim(f"accepting:{topic}", by, by, "accepted_answer", "post", answer)


@cache
def _accepted(one: bool) -> sa.Select[Any]:
    answerer, accepter = aliased(Person), aliased(Person)
    return (
        _answers(
            one, Post.id, Topic.id, Post.author_id, Topic.author_id, accepter.id, accepter.role,
            answerer.company_id, accepter.company_id,
        )
        .join(Acceptance, Acceptance.post_id == Post.id)
        .join(answerer, answerer.id == Post.author_id)
        .join(accepter, accepter.id == Acceptance.accepted_by_id)
        .where(accepter.id != answerer.id)
    )  # fmt: skip


def _idea_votes(idea_id: int | None) -> Iterator[Claim]:
    for row in _rows(_votes_for_ideas, idea_id):
        yield idea_vote(*row)


@cache
def _votes_for_ideas(one: bool) -> sa.Select[Any]:
    return (
        _ideas(one, Idea.id, Vote.person_id, Idea.author_id)
        .join(Vote, Vote.idea_id == Idea.id)
        .where(Vote.value == 1, Vote.imported.is_(False), Vote.person_id != Idea.author_id, is_own())
    )


def _statuses(idea_id: int | None) -> Iterator[Claim]:
    """Only ideas written here: the status of an imported one was earned elsewhere."""
    for idea, author, shipped in _rows(_promised, idea_id):
        yield Claim(f"planned:{idea}", author, None, "idea_planned", "idea", idea)
        if shipped:
            yield Claim(f"shipped:{idea}", author, None, "idea_shipped", "idea", idea)


@cache
def _promised(one: bool) -> sa.Select[Any]:
    return _ideas(one, Idea.id, Idea.author_id, is_complete()).where(
        Idea.source_system.is_(None), sa.or_(Idea.status.in_(PLANNED), is_complete())
    )


def _ideas(one: bool, *columns: Any) -> sa.Select[Any]:
    found = sa.select(*columns).select_from(Idea).where(Idea.hidden_at.is_(None), Idea.author_id.is_not(None))
    return found.where(Idea.id == sa.bindparam("of")) if one else found
