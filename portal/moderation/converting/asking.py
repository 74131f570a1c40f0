"""Asking as a question what was proposed as an idea, in the name of who proposed it."""

from typing import Any

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeaBecameQuestion
from portal.database import db
from portal.errors import Conflict
from portal.forums.models import Category
from portal.forums.starting import start_for
from portal.ideas import deciding
from portal.ideas.grounds.models import QUESTION
from portal.ideas.merging.joining import hold
from portal.ideas.models import Idea
from portal.ideas.standing import Meaning, Standing, Votes
from portal.ideas.statuses.queries import set_of
from portal.moderation.converting import queries
from portal.moderation.converting.models import TOPIC, Conversion
from portal.moderation.converting.permitting import must_convert


def closing_statuses(idea: Idea) -> list[Standing]:
    """The statuses of the board that say "it will not be done", those that give votes back first."""
    there = [each for each in set_of(idea.board_id) if each.meaning == Meaning.CLOSED]
    return sorted(there, key=lambda each: each.votes != Votes.RETURNED)


def ask(
    idea: Idea, *, category: Category, title: str, body: str, status: str, by: Person, followers: bool = True
) -> Conversion:
    """A question from an idea, which is closed with `status` of its board; comments stay with it, votes are free again
    as the status says, and who voted is told once. Done twice it is the first question.

    `followers`: who follows the idea follows the question. Raises NotAllowed unless the person converts; Conflict for an
    idea that is hidden, merged, done, or came of a question, for a status of another kind, and a closed category.
    """
    must_convert(by)
    hold(idea)
    there = queries.in_force(idea)
    if there is not None and not there.made_idea:
        return there
    if reason := why_not(idea, there):
        raise Conflict(reason)
    if status not in {each.key for each in closing_statuses(idea)}:
        raise Conflict("Choose a status of the board that says it will not be done.")
    author = queries.author_of(idea)
    topic = start_for(author, idea.ghost_name, category=category, title=title, body=body)
    kept = {"status_before": str(idea.status), "status_after": status}
    made = Conversion(made=TOPIC, topic=topic, idea=idea, by=by, at=clock.now(), **kept)
    db.session.add(made)
    names: dict[str, Any] = {"idea_id": idea.id, "topic_id": topic.id, "author_id": idea.author_id}
    journal.record(IdeaBecameQuestion(actor_id=by.id, followers=followers, **names))
    close(idea, status, by)
    return made


def close(idea: Idea, status: str, by: Person) -> None:
    """Give the idea the status, on the ground that it is a question. It is held."""
    if str(idea.status) != status:
        words = {"reason": "It goes on as a question, where it is answered.", "ground": QUESTION}
        deciding.move(idea, status, by, **words)


def why_not(idea: Idea, there: Conversion | None) -> str:
    """The sentence that says why no question can be made of it; empty when one can. `there`: what holds now."""
    if there is not None:
        return "This idea was made of a question. Part them again, and the question is open as it was."
    if idea.is_merged:
        return "This idea was merged into another one. Part it first."
    if idea.is_hidden:
        return "This idea is hidden. A moderator can restore it first."
    if idea.standing.is_complete:
        return "This idea is done, so it is no question any more."
    return ""
