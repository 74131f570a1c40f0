"""Renewing a conversion that was parted: what had been made comes back with all that it had."""

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ConversionRenewed
from portal.database import db
from portal.errors import Conflict
from portal.ideas.merging.joining import hold
from portal.moderation import hiding, locking
from portal.moderation.converting import queries
from portal.moderation.converting.asking import close
from portal.moderation.converting.models import Conversion
from portal.moderation.converting.permitting import hold_topic, must_convert
from portal.moderation.converting.proposing import became

WORDS = "It was right after all."


def renew(ended: Conversion, *, by: Person) -> Conversion:
    """The same question and idea as one again, in a row of its own; done twice it is the first one.

    Raises NotAllowed unless the person converts, Conflict when one of them is part of another conversion by now.
    """
    must_convert(by)
    topic, idea = ended.topic, ended.idea
    if topic is None:
        raise Conflict("The question stayed in another portal.")
    hold_topic(topic)
    hold(idea)
    there = queries.in_force(topic) or queries.in_force(idea)
    if there is not None:
        if (there.topic_id, there.idea_id, there.made) == (ended.topic_id, ended.idea_id, ended.made):
            return there
        raise Conflict("One of them became something else meanwhile. Look at it again.")
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
