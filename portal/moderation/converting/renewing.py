"""Renewing a conversion that was parted: what had been made comes back with all that it had."""

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ConversionRenewed
from portal.database import db
from portal.errors import Conflict
from portal.forums.models import Topic
from portal.ideas.merging.joining import hold
from portal.ideas.models import Idea
from portal.moderation import hiding, locking
from portal.moderation.converting import queries
from portal.moderation.converting.asking import close, closing_statuses, why_not
from portal.moderation.converting.models import Conversion
from portal.moderation.converting.permitting import hold_topic, must_convert
from portal.moderation.converting.proposing import became

WORDS = "It was right after all."


def renew(ended: Conversion, *, by: Person) -> Conversion:
    """The same question and idea as one again, in a row of its own; done twice it is the first one.

    Raises NotAllowed unless the person converts, Conflict when one of them is part of another conversion by now, where
    it could not be made now, and for what was hidden for a reason of its own.
    """
    must_convert(by)
    topic, idea = ended.topic, ended.idea
    if topic is None:
        raise Conflict("The question stayed in another portal.")
    hold_topic(topic)
    hold(idea)
    there = queries.in_force(topic) or queries.in_force(idea)
    if there is not None and _are_the_same(there, ended):
        return there
    if reason := _why_not(ended, topic, idea, there):
        raise Conflict(reason)
    kept = {"status_after": ended.status_after, "locked": ended.locked and not topic.locked_at}
    if ended.status_after:
        kept["status_before"] = str(idea.status)
    made = Conversion(made=ended.made, topic=topic, idea=idea, by=by, at=clock.now(), **kept)
    db.session.add(made)
    hiding.bring_back(idea if ended.made_idea else topic, by=by, reason=WORDS)
    if made.locked:
        locking.shut(topic, by=by, reason=became(idea))
    if made.status_after:
        close(idea, made.status_after, by)
    journal.record(ConversionRenewed(actor_id=by.id, idea_id=idea.id, topic_id=topic.id, made=ended.made))
    return made


def _are_the_same(one: Conversion, other: Conversion) -> bool:
    return (one.topic_id, one.idea_id, one.made) == (other.topic_id, other.idea_id, other.made)


def _why_not(ended: Conversion, topic: Topic, idea: Idea, there: Conversion | None) -> str:
    """The sentence that says why they cannot be one again as things are now; empty when they can."""
    if there is not None:
        return "One of them became something else meanwhile. Look at it again."
    made, origin = (idea, topic) if ended.made_idea else (topic, idea)
    if origin.is_hidden:
        return "What it was made of is hidden. A moderator can restore it first."
    if made.is_hidden and not queries.hid(made, ended):
        return "A moderator hid it for another reason. A moderator can restore it first."
    if ended.made_idea:
        return ""
    if ended.status_after not in {None, *(each.key for each in closing_statuses(idea))}:
        return "The board of the idea has no such status now. Make a question of it anew."
    return why_not(idea, None)
