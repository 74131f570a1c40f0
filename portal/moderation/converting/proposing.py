"""Proposing an idea from a question, in the name of who asked it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import QuestionBecameIdea
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.forums.models import Topic
from portal.ideas import admitting, permitting
from portal.ideas.fields import filling
from portal.ideas.fields.models import BoardField
from portal.ideas.models import Board, Idea
from portal.ideas.submitting import submit_for
from portal.moderation import locking
from portal.moderation.converting import queries
from portal.moderation.converting.models import IDEA, Conversion
from portal.moderation.converting.permitting import hold_topic, must_convert
from portal.voting import casting


def propose(
    topic: Topic,
    *,
    board: Board,
    by: Person,
    values: Mapping[BoardField, Any] | None = None,
    followers: bool = True,
    lock: bool = False,
    **words: str,
) -> Conversion:
    """An idea from a question or a discussion, in these `words`: its title and body. The author is the same person, hears
    of it, and is the first who votes for it where the board lets them. Done twice it is the first idea.

    `values`: what stands in the fields of the board. `followers`: who took part follows the idea. `lock`: nothing can be
    added to the question any more. Raises NotAllowed unless the person converts, or may not post on the board; Conflict
    for a hidden question, one that was an idea before, and a board that takes none.
    """
    must_convert(by)
    hold_topic(topic)
    if (there := queries.in_force(topic)) and there.made_idea:
        return there
    _refuse(topic, there, board, by)
    author = queries.author_of(topic)
    idea = submit_for(author, topic.ghost_name, board=board, **words)
    filling.fill(idea, by=by, values=values or {})
    made = Conversion(made=IDEA, topic=topic, idea=idea, by=by, at=clock.now())
    made.locked = lock and topic.locked_at is None
    _tell(made, by, followers)
    _vote(idea, author)
    if made.locked:
        locking.shut(topic, by=by, reason=became(idea))
    return made


def _tell(made: Conversion, by: Person, followers: bool) -> None:
    db.session.add(made)
    db.session.flush()
    names: dict[str, Any] = {"topic_id": made.topic_id, "idea_id": made.idea_id}
    names["author_id"] = made.idea.author_id
    journal.record(QuestionBecameIdea(actor_id=by.id, followers=followers, **names))


def became(idea: Idea) -> str:
    """Why a question is locked that became an idea."""
    return f"It became the idea “{idea.title}”."[:500]


def _refuse(topic: Topic, there: Conversion | None, board: Board, by: Person) -> None:
    if there is not None:
        raise Conflict("This question was made of an idea. Part them again, and the idea is open as it was.")
    if topic.is_hidden:
        raise Conflict("This question is hidden. A moderator can restore it first.")
    permitting.check(by, board, permitting.POST)
    admitting.must_admit(board, by)


def _vote(idea: Idea, author: Person | None) -> None:
    """The first vote is the author's, by the rules that hold for them."""
    if author and author.active and author.erased_at is None and queries.sees(author, idea):
        with suppress(Conflict, NotAllowed):
            casting.cast(idea, by=author)
