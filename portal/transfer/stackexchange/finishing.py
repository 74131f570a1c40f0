"""The last pass: positions and counters in SQL, then everything that joins two rows."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.database import db
from portal.discussion.counting import is_counted
from portal.discussion.models import Post
from portal.forums.models import Acceptance, Topic
from portal.ideas.models import Idea, Status, StatusChange
from portal.transfer import storing
from portal.transfer.stackexchange.gathering import STATUSES, Turn
from portal.transfer.stackexchange.writing import Texts

QUIETLY = {"synchronize_session": False}


def give_positions() -> None:
    """Posts that came in stand behind those that were there, in order of time."""
    for column, model in ((Post.idea_id, Idea), (Post.topic_id, Topic)):
        rank = sa.func.row_number().over(partition_by=column, order_by=(Post.created_at, Post.id))
        new = (
            sa.select(Post.id, (rank + model.last_position).label("place"))
            .join(model, model.id == column)
            .where(Post.position < 0)
            .subquery()
        )
        placed = sa.update(Post).where(Post.id == new.c.id).values(position=new.c.place)
        db.session.execute(placed, execution_options=QUIETLY)


def count(source: str) -> None:
    """Set the numbers on ideas, topics and people of this source from the rows."""
    comments = _posts_of(Post.idea_id == Idea.id)
    _set(Idea, source, {"comments": _number(comments), "last_position": _last(Post.idea_id == Idea.id)})
    replies = _posts_of(Post.topic_id == Topic.id)
    answers = replies.where(Post.parent_id.is_(None), Post.aside.is_(False))
    newest = replies.order_by(Post.created_at.desc(), Post.position.desc()).limit(1)
    at = newest.with_only_columns(Post.created_at).scalar_subquery()
    values = {
        "replies": _number(replies),
        "answers": _number(answers),
        "last_position": _last(Post.topic_id == Topic.id),
        "last_activity_at": sa.case((at > Topic.created_at, at), else_=Topic.created_at),
        "last_author_id": newest.with_only_columns(Post.author_id).scalar_subquery(),
    }
    _set(Topic, source, values)
    accepted = sa.select(sa.func.count()).join(Post, Post.id == Acceptance.post_id)
    accepted = accepted.select_from(Acceptance).where(Post.author_id == Person.id).correlate(Person)
    _set(Person, source, {"accepted_answers": accepted.scalar_subquery()})


def _posts_of(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(Post.id).where(condition, is_counted()).correlate(Idea, Topic)


def _number(posts: sa.Select[Any]) -> Any:
    return posts.with_only_columns(sa.func.count(Post.id)).scalar_subquery()


def _last(condition: sa.ColumnElement[bool]) -> Any:
    highest = sa.func.coalesce(sa.func.max(Post.position), 0)
    return sa.select(highest).where(condition).correlate(Idea, Topic).scalar_subquery()


def _set(model: Any, source: str, values: dict[str, Any]) -> None:
    changed = sa.update(model).where(model.source_system == source).values(values)
    db.session.execute(changed, execution_options=QUIETLY)


def accept(texts: Texts, subjects: dict[int, Any], answers: dict[int, Any]) -> None:
    """Accepted answers: of a topic they solve it; of an idea they are candidates for the official answer."""
    texts.dump.report.taken["accepted answers"] += storing.add(
        Acceptance, _acceptances(texts, subjects, answers)
    )
    solved = sa.select(sa.func.coalesce(Acceptance.at, Post.created_at)).join(
        Post, Post.id == Acceptance.post_id
    )
    solved = solved.select_from(Acceptance).where(Acceptance.topic_id == Topic.id).correlate(Topic)
    _set(Topic, texts.source, {"solved_at": solved.scalar_subquery()})


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
