"""What the company says to an idea: its status, and the official answer."""

import sqlalchemy as sa

from portal import clock, markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import OfficialAnswerGiven, StatusChanged
from portal.database import db
from portal.discussion.images import using
from portal.errors import Conflict, NotAllowed, Unusable
from portal.ideas.grounds import queries as grounds
from portal.ideas.models import Idea, OfficialAnswer, StatusChange
from portal.ideas.standing import Meaning, Standing
from portal.ideas.statuses import queries


def must_decide(by: Person) -> None:
    """Raise NotAllowed unless this person decides on ideas."""
    if not by.may("decide"):
        raise NotAllowed(
            "Only product managers set a status or give the official answer. Write a comment instead: they read them."
        )


def change_status(
    idea: Idea,
    *,
    to: str,
    by: Person,
    reason: str = "",
    ground: str | None = "",
    target: str | None = None,
) -> bool:
    """Set the status and, unless None, the target ("Q1"). False when it was so already.

    `to` is the key of a status of the board, `reason` is public. A status that means "will not be done" needs the key
    of a `ground`; None says that nobody knows one (a status was given up). Raises NotAllowed unless the person decides
    on ideas, Conflict for a status that the board does not have, Unusable without a ground where one is needed.
    """
    must_decide(by)
    _hold(idea)
    _must_stand(idea)
    if target is not None:
        idea.target = target.strip() or None
    if str(idea.status) == str(to):
        return False
    ground = _ground(_known(idea, str(to)), ground)
    move(idea, str(to), by, reason=reason.strip() or None, ground=ground)
    return True


def has_status(idea: Idea, key: str) -> bool:
    """Whether the board of the idea has this status."""
    return key in {each.key for each in queries.set_of(idea.board_id)}


def _known(idea: Idea, key: str) -> Standing:
    there = {each.key: each for each in queries.set_of(idea.board_id)}
    if key not in there:
        names = ", ".join(each.name for each in there.values())
        raise Conflict(f"The board of this idea has no such status. It has: {names}.")
    return there[key]


def _ground(to: Standing, key: str | None) -> str | None:
    """The ground to keep with this status: none with one that declines nothing."""
    if to.meaning != Meaning.CLOSED or key is None:
        return None
    if key not in grounds.offered():
        raise Unusable("Choose the main reason why it will not be done.")
    return key


def move(idea: Idea, to: str, by: Person | None, **words: str | None) -> None:
    """Put an idea that is held into a status that its board has; None is the system. `words`: reason and ground."""
    now, old = clock.now(), str(idea.status)
    idea.status, idea.status_at, idea.last_staff_word_at = to, now, now
    by_id = by.id if by else None
    db.session.add(StatusChange(idea_id=idea.id, old=old, new=to, changed_by_id=by_id, at=now, **words))
    db.session.flush()
    db.session.expire(idea, ["written_status"])
    journal.record(StatusChanged(actor_id=by_id, idea_id=idea.id, author_id=idea.author_id, old=old, new=to))


def answer(
    idea: Idea, *, by: Person, body: str, status: str | None = None, ground: str | None = ""
) -> OfficialAnswer:
    """A new version of the official answer, and with it the status (on a `ground`) when one is given.

    The words and status of the present version again make no new one. Raises NotAllowed unless the person
    decides on ideas.
    """
    must_decide(by)
    if status is not None:
        change_status(idea, to=status, by=by, ground=ground)
    _hold(idea)
    _must_stand(idea)
    body = markup.plain(body).strip()
    present = _present(idea)
    same = present is not None and (present.body, present.status) == (body, idea.status)
    return present if present and same else _add_answer(idea, by, body)


def _add_answer(idea: Idea, by: Person, body: str) -> OfficialAnswer:
    cooked, now = markup.cook(body), clock.now()
    idea.answer_version, idea.last_staff_word_at = idea.answer_version + 1, now
    given = OfficialAnswer(
        idea_id=idea.id,
        version=idea.answer_version,
        status=idea.status,
        author=by,
        body=body,
        body_html=cooked.html,
        cooked_with=cooked.version,
        at=now,
    )
    db.session.add(given)
    journal.record(OfficialAnswerGiven(actor_id=by.id, idea_id=idea.id, version=given.version))
    using.follow(body, by=by, idea_id=idea.id, part="answer")
    return given


def _hold(idea: Idea) -> None:
    """Read what is decided upon as it is now, and keep others from deciding at the same time."""
    state = ["status", "target", "answer_version", "merged_into_id"]
    db.session.refresh(idea, state, with_for_update={"key_share": True})


def _must_stand(idea: Idea) -> None:
    if idea.is_merged:
        raise Conflict("This idea was merged into another one, which counts for both: decide there.")


def _present(idea: Idea) -> OfficialAnswer | None:
    versions = sa.select(OfficialAnswer).where(OfficialAnswer.idea_id == idea.id)
    return db.session.scalar(versions.where(OfficialAnswer.version == idea.answer_version))
