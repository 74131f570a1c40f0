"""Accepting the answer that solved a question, and taking that back.

The rules: an acceptance is a row; `topic.solved_at` is set exactly while there is one; `person.accepted_answers`
counts the rows whose answer the person wrote (also answers to own questions, also in hidden topics). Hiding an
accepted answer withdraws its acceptance, because a question is not solved by what nobody can read; restoring it
does not bring the acceptance back: the asker says so again.
"""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person, Viewer
from portal.activity import journal
from portal.activity.events import AcceptanceWithdrawn, AnswerAccepted, ContentHidden
from portal.activity.journal import hears
from portal.database import db
from portal.discussion.models import Post
from portal.discussion.writing import check_open
from portal.errors import Conflict, NotAllowed
from portal.forums.models import Acceptance, Topic

_PEOPLE: Any = Person.__table__
_CREDIT = (
    sa.update(_PEOPLE)
    .where(_PEOPLE.c.id == sa.bindparam("of"))
    .values(accepted_answers=_PEOPLE.c.accepted_answers + sa.bindparam("step", type_=sa.Integer))
)


def accept(post: Post, *, by: Person) -> bool:
    """Make this the accepted answer of its question, in the place of another one; False when it is already.

    Raises Conflict for what is no visible answer or in a locked or hidden topic, NotAllowed unless `by` asked
    or may accept answers.
    """
    topic = _held(post)
    _refuse(topic, post, by)
    before = db.session.get(Acceptance, topic.id)
    if before is not None and before.post_id == post.id:
        return False
    if before is not None:
        _undo(topic, before, actor_id=by.id)
    now = clock.now()
    db.session.add(Acceptance(topic_id=topic.id, post_id=post.id, accepted_by_id=by.id, at=now))
    topic.solved_at = now
    _credit(post.author_id, 1)
    journal.record(AnswerAccepted(actor_id=by.id, **_names(topic, post)))
    return True


def withdraw_acceptance(topic: Topic, *, by: Person) -> bool:
    """Say that the question is not solved after all; False when no answer was accepted.

    Raises NotAllowed unless `by` asked or may accept answers, Conflict in a locked or hidden topic.
    """
    _hold(topic)
    _check_may(topic, by)
    check_open(topic, by=by)
    acceptance = db.session.get(Acceptance, topic.id)
    if acceptance is None:
        return False
    _undo(topic, acceptance, actor_id=by.id)
    return True


def may_accept(viewer: Viewer, topic: Topic) -> bool:
    """Whether a person is offered to accept an answer here."""
    return topic.is_question and (topic.is_by(viewer) or viewer.may("accept"))


@hears(ContentHidden)
def withdraw_hidden(event: ContentHidden) -> None:
    """An accepted answer that is hidden is accepted no more."""
    if event.subject != "post":
        return
    acceptance = db.session.scalar(sa.select(Acceptance).where(Acceptance.post_id == event.subject_id))
    if acceptance is not None:
        topic = db.session.get_one(Topic, acceptance.topic_id)
        _undo(topic, acceptance, actor_id=event.actor_id)


def _held(post: Post) -> Topic:
    if post.topic_id is None:
        raise Conflict("Only an answer to a question can be accepted.")
    topic = db.session.get_one(Topic, post.topic_id)
    _hold(topic)
    db.session.refresh(post, ["hidden_at"])
    return topic


def _hold(topic: Topic) -> None:
    db.session.flush()
    state = ["locked_at", "locked_reason", "hidden_at", "solved_at", "kind", "author_id"]
    db.session.refresh(topic, state, with_for_update=True)


def _refuse(topic: Topic, post: Post, by: Person) -> None:
    if not topic.is_question:
        raise Conflict("This is a discussion: there is no one answer to accept.")
    if not post.may_answer:
        raise Conflict("This is a comment. Only an answer can be accepted.")
    if post.is_hidden:
        raise Conflict("This answer is hidden and cannot be accepted.")
    _check_may(topic, by)
    check_open(topic, by=by)


def _check_may(topic: Topic, by: Person) -> None:
    if not (topic.is_by(by) or by.may("accept")):
        raise NotAllowed("Only who asked, or staff, can say which answer solved it. You can vote for it.")


def _undo(topic: Topic, acceptance: Acceptance, *, actor_id: int | None) -> None:
    post = db.session.get_one(Post, acceptance.post_id)
    db.session.delete(acceptance)
    topic.solved_at = None
    _credit(post.author_id, -1)
    journal.record(AcceptanceWithdrawn(actor_id=actor_id, **_names(topic, post)))


def _credit(person_id: int | None, step: int) -> None:
    if person_id is None:
        return
    db.session.flush()
    db.session.execute(_CREDIT, {"of": person_id, "step": step})
    person = db.session.identity_map.get(db.session.identity_key(Person, person_id))
    if person is not None:
        db.session.expire(person, ["accepted_answers"])


def _names(topic: Topic, post: Post) -> dict[str, Any]:
    return {
        "topic_id": topic.id,
        "post_id": post.id,
        "author_id": post.author_id,
        "asker_id": topic.author_id,
    }
