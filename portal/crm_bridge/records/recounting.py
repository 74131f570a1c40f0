"""Recounting: what a person, or the people of a company, did and what became of it; each line from the row that says it.

A source is a select with the columns of `row`. Who adds one adds it to SOURCES, and its words to templates/crm_bridge/records/_line.html.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import events
from portal.activity.models import REMOVED, Entry
from portal.crm_bridge.models import CrmInteraction
from portal.database import Id
from portal.discussion.models import Post
from portal.forums.models import Acceptance, Topic
from portal.ideas.appeals.models import Appeal
from portal.ideas.models import Idea, StatusChange
from portal.ideas.standing import Meaning, meaning_of
from portal.ideas.verdicts.models import Verdict
from portal.moderation.models import Flag, ModerationAct
from portal.voting.models import Vote

KINDS = {
    "ideas": "Ideas",
    "votes": "Votes",
    "comments": "Comments",
    "questions": "Questions",
    "answers": "Answers",
    "cases": "Cases",
    "complaints": "Complaints",
    "account": "Account",
    "told": "Told to the CRM",
}
"""What a timeline can be narrowed to. What was told to the CRM repeats the rest, so it stands in no other list."""
TOLD = "told"


class Whose(NamedTuple):
    """Of whom a timeline tells: a person, or else all people of a company."""

    person_id: int | None = None
    company_id: int | None = None

    def has(self, column: Any) -> sa.ColumnElement[bool]:
        """The condition that a column names one of them."""
        if self.person_id is not None:
            return sa.true() & (column == self.person_id)
        return sa.true() & column.in_(sa.select(Person.id).where(Person.company_id == self.company_id))


@dataclass(frozen=True)
class Source:
    """One kind of line, and the rows that say it."""

    kind: str
    rows: Callable[[Whose], sa.Select[Any]]


def row(at: Any, key: Any, person: Any, word: Any, **more: Any) -> sa.Select[Any]:
    """A select of lines: when, the number of the row, who, in one word what; and of which idea, topic or post, with what
    detail."""
    numbers = (sa.cast(more.get(name), Id).label(f"{name}_id") for name in ("idea", "topic", "post"))
    return sa.select(
        at.label("happened_at"),
        key.label("row_id"),
        sa.cast(person, Id).label("person_id"),
        *numbers,
        sa.cast(word, sa.String(60)).label("word"),
        sa.cast(more.get("detail"), sa.String(1_000)).label("detail"),
    )


def _ideas(whose: Whose) -> sa.Select[Any]:
    return row(Idea.created_at, Idea.id, Idea.author_id, "idea", idea=Idea.id).where(
        whose.has(Idea.author_id)
    )


def _decisions(whose: Whose) -> sa.Select[Any]:
    changed = row(
        StatusChange.at, StatusChange.id, Idea.author_id, "status", idea=Idea.id, detail=StatusChange.new
    )
    ours = whose.has(Idea.author_id), StatusChange.at.is_not(None), StatusChange.old.is_not(None)
    return changed.join(Idea, Idea.id == StatusChange.idea_id).where(*ours)


def _votes(whose: Whose) -> sa.Select[Any]:
    word = sa.case(
        (Vote.added_by_id.is_not(None) & Vote.taken_over_at.is_(None), "vote_added"),
        (Vote.value > 0, "vote_for"),
        else_="vote_against",
    )
    cast = row(Vote.cast_at, Vote.id, Vote.person_id, word, idea=Vote.idea_id, detail=Vote.proof_kind)
    theirs = whose.has(Vote.person_id)
    if whose.company_id is not None:
        theirs |= Vote.company_id == whose.company_id
    return cast.where(theirs, Vote.idea_id.is_not(None))


def _withdrawals(whose: Whose) -> sa.Select[Any]:
    idea = Entry.data["idea_id"].as_integer()
    withdrawn = row(Entry.at, Entry.id, Entry.actor_id, "withdrawn", idea=idea)
    return withdrawn.where(whose.has(Entry.actor_id), Entry.kind == events.VoteWithdrawn.kind)


def _removals(whose: Whose) -> sa.Select[Any]:
    """Votes that staff had added for them, and took away again."""
    person, company = (Entry.data[name].as_integer() for name in ("person_id", "company_id"))
    removed = row(Entry.at, Entry.id, person, "removed", idea=Entry.data["idea_id"].as_integer())
    theirs = whose.has(person)
    if whose.company_id is not None:
        theirs |= company == whose.company_id
    # The kind stands there as the index says it.
    return removed.where(theirs, sa.text(f"entry.{REMOVED}"))


def _comments(whose: Whose) -> sa.Select[Any]:
    written = row(Post.created_at, Post.id, Post.author_id, "comment", idea=Post.idea_id, post=Post.id)
    return written.where(whose.has(Post.author_id), Post.idea_id.is_not(None))


def _questions(whose: Whose) -> sa.Select[Any]:
    return row(Topic.created_at, Topic.id, Topic.author_id, Topic.kind, topic=Topic.id).where(
        whose.has(Topic.author_id)
    )


def _answers(whose: Whose) -> sa.Select[Any]:
    is_answer = (Topic.kind == "question") & Post.parent_id.is_(None) & ~Post.aside
    word = sa.case((is_answer, "answer"), else_="reply")
    written = row(Post.created_at, Post.id, Post.author_id, word, topic=Post.topic_id, post=Post.id)
    return written.join(Topic, Topic.id == Post.topic_id).where(whose.has(Post.author_id))


def _accepted(whose: Whose) -> sa.Select[Any]:
    solved = row(Acceptance.at, Post.id, Post.author_id, "accepted", topic=Acceptance.topic_id, post=Post.id)
    solved = solved.join(Post, Post.id == Acceptance.post_id)
    return solved.where(whose.has(Post.author_id), Acceptance.at.is_not(None))


def _flags(whose: Whose) -> sa.Select[Any]:
    detail = Flag.reason + "|" + sa.func.coalesce(Flag.outcome, "")
    flagged = row(
        *(Flag.at, Flag.id, Flag.person_id, "flag"),
        idea=sa.func.coalesce(Flag.idea_id, Post.idea_id),
        topic=sa.func.coalesce(Flag.topic_id, Post.topic_id),
        post=Flag.post_id,
        detail=detail,
    )
    return flagged.outerjoin(Post, Post.id == Flag.post_id).where(whose.has(Flag.person_id))


def _hidings(model: Any, name: str) -> Callable[[Whose], sa.Select[Any]]:
    """What moderators did to ideas, topics or posts of theirs."""
    act = getattr(ModerationAct, f"{name}_id")

    def rows(whose: Whose) -> sa.Select[Any]:
        about = {each: getattr(model, f"{each}_id") for each in ("idea", "topic") if model is Post}
        word = sa.literal("act_") + ModerationAct.act
        done = row(
            *(ModerationAct.at, ModerationAct.id, model.author_id, word),
            detail=ModerationAct.reason,
            **{**about, name: model.id},
        )
        return done.join(model, model.id == act).where(whose.has(model.author_id))

    return rows


def _declined(whose: Whose) -> sa.Select[Any]:
    """Decisions against what they had voted for by then."""
    decided = row(
        *(StatusChange.at, Vote.id, Vote.person_id, "declined"), idea=Idea.id, detail=StatusChange.reason
    )
    decided = decided.join(Idea, Idea.id == StatusChange.idea_id).join(Vote, Vote.idea_id == Idea.id)
    against = meaning_of(Idea.board_id, StatusChange.new) == Meaning.CLOSED
    wanted = whose.has(Vote.person_id), Vote.value > 0, Vote.cast_at <= StatusChange.at
    return decided.where(*wanted, against, StatusChange.new == Idea.status)


def _appeals(whose: Whose) -> sa.Select[Any]:
    return row(Appeal.at, Appeal.id, Appeal.person_id, "appeal", idea=Appeal.idea_id).where(
        whose.has(Appeal.person_id)
    )


def _verdicts(whose: Whose) -> sa.Select[Any]:
    word = sa.literal("verdict_") + Verdict.answer
    said = row(Verdict.at, Verdict.id, Verdict.person_id, word, idea=Verdict.idea_id, detail=Verdict.words)
    return said.where(whose.has(Verdict.person_id))


def _consents(whose: Whose) -> sa.Select[Any]:
    granted = Entry.data["granted"].as_boolean()
    word = sa.case((granted, "agreed"), else_="disagreed")
    said = row(Entry.at, Entry.id, Entry.actor_id, word)
    return said.where(whose.has(Entry.actor_id), Entry.kind == events.ConsentChanged.kind)


def _arrivals(whose: Whose) -> sa.Select[Any]:
    return row(Person.created_at, Person.id, Person.id, "joined").where(whose.has(Person.id))


def _told(whose: Whose) -> sa.Select[Any]:
    """Once, over however many connections."""
    of_it = (CrmInteraction.at, CrmInteraction.entry_id, CrmInteraction.person_id, CrmInteraction.kind)
    where = {name: getattr(CrmInteraction, f"{name}_id") for name in ("idea", "topic", "post")}
    told = row(*of_it[:3], sa.literal("told_") + CrmInteraction.kind, detail=CrmInteraction.word, **where)
    return told.where(whose.has(CrmInteraction.person_id)).group_by(
        *of_it, CrmInteraction.word, *where.values()
    )


SOURCES = (
    Source("ideas", _ideas),
    Source("ideas", _decisions),
    Source("votes", _votes),
    Source("votes", _withdrawals),
    Source("votes", _removals),
    Source("comments", _comments),
    Source("questions", _questions),
    Source("answers", _answers),
    Source("answers", _accepted),
    Source("cases", _flags),
    Source("cases", _hidings(Idea, "idea")),
    Source("cases", _hidings(Topic, "topic")),
    Source("cases", _hidings(Post, "post")),
    Source("complaints", _declined),
    Source("complaints", _appeals),
    Source("complaints", _verdicts),
    Source("account", _consents),
    Source("account", _arrivals),
    Source(TOLD, _told),
)
