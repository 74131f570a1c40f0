"""The last pass: positions and counters in SQL, then everything that joins two rows."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Acceptance, Topic
from portal.ideas.models import Status, StatusChange
from portal.transfer import counting, storing
from portal.transfer.stackexchange.gathering import STATUSES, Turn
from portal.transfer.stackexchange.writing import Texts

QUIETLY = {"synchronize_session": False}


def count(source: str) -> None:
    """Set the numbers on ideas, topics and people of this source from the rows."""
    counting.count_comments(source)
    replies = counting.posts_of(Post.topic_id == Topic.id)
    answers = replies.where(Post.parent_id.is_(None), Post.aside.is_(False))
    newest = replies.order_by(Post.created_at.desc(), Post.position.desc()).limit(1)
    at = newest.with_only_columns(Post.created_at).scalar_subquery()
    values = {
        "replies": counting.number_of(replies),
        "answers": counting.number_of(answers),
        "last_position": counting.last_position(Post.topic_id == Topic.id),
        "last_activity_at": sa.case((at > Topic.created_at, at), else_=Topic.created_at),
        "last_author_id": newest.with_only_columns(Post.author_id).scalar_subquery(),
    }
    counting.set_values(Topic, source, values)
    accepted = sa.select(sa.func.count()).join(Post, Post.id == Acceptance.post_id)
    accepted = accepted.select_from(Acceptance).where(Post.author_id == Person.id).correlate(Person)
    counting.set_values(Person, source, {"accepted_answers": accepted.scalar_subquery()})


def accept(texts: Texts, subjects: dict[int, Any], answers: dict[int, Any]) -> None:
    """Accepted answers: of a topic they solve it; of an idea they are candidates for the official answer."""
    texts.dump.report.taken["accepted answers"] += storing.add(
        Acceptance, _acceptances(texts, subjects, answers)
    )
    solved = sa.select(sa.func.coalesce(Acceptance.at, Post.created_at)).join(
        Post, Post.id == Acceptance.post_id
    )
    solved = solved.select_from(Acceptance).where(Acceptance.topic_id == Topic.id).correlate(Topic)
    counting.set_values(Topic, texts.source, {"solved_at": solved.scalar_subquery()})


def _acceptances(texts: Texts, subjects: dict[int, Any], answers: dict[int, Any]) -> Iterator[dict[str, Any]]:
    candidates = []
    for question, key in texts.accepted.items():
        answer, subject = answers.get(key), subjects.get(question)
        if subject is None or answer is None or {**answer, **subject} != answer:
            texts.dump.report.refuse("Posts", str(question), "the answer it accepts is not there")
        elif subject["idea_id"]:
            candidates.append(answer["parent_id"])
        elif question in texts.fresh:
            at = texts.gathered.tallies[key].accepted_at
            yield {
                "topic_id": subject["topic_id"],
                "post_id": answer["parent_id"],
                "accepted_by_id": None,
                "at": at,
            }
    for batch in storing.batches(candidates):
        marked = sa.update(Post).where(Post.id.in_(batch), Post.candidate.is_(False)).values(candidate=True)
        done = db.session.execute(marked, execution_options=QUIETLY)
        texts.dump.report.taken["candidates for the official answer"] += done.rowcount  # type: ignore[attr-defined]


def tell_statuses(texts: Texts, subjects: dict[int, Any]) -> None:
    """How each idea came to its status: dated turns where the history has them, else one without a date."""
    texts.dump.report.taken["status changes"] += storing.add(StatusChange, _changes(texts, subjects))


def _changes(texts: Texts, subjects: dict[int, Any]) -> Iterator[dict[str, Any]]:
    for key, tag in texts.statuses.items():
        if key not in texts.fresh:
            continue
        old: str = Status.OPEN
        for turn in _turns(texts.gathered.turns.get(key, []), tag):
            new, reason = STATUSES[turn.tag] if turn.tag else (Status.OPEN, None)
            yield {
                "idea_id": subjects[key]["idea_id"],
                "old": old,
                "new": new,
                "changed_by_id": texts.people.id_of(turn.user),
                "reason": reason,
                "at": turn.at,
            }
            old = new


def _turns(turns: list[Turn], tag: str | None) -> list[Turn]:
    """The dated turns, closed by an undated one when they do not end at what the question says."""
    last = turns[-1].tag if turns else None
    return turns if last == tag else [*turns, Turn(tag, None, None)]
