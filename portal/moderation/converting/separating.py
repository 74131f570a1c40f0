"""Parting a question and an idea again: what was made is taken out of sight, the other is as it was."""

from typing import Any

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ConversionEnded
from portal.database import db
from portal.errors import Conflict
from portal.ideas import deciding
from portal.ideas.merging.joining import hold
from portal.moderation import hiding, locking
from portal.moderation.converting.models import Conversion
from portal.moderation.converting.permitting import hold_topic, must_convert
from portal.moderation.holding import hold_around


def part(conversion: Conversion, *, by: Person, reason: str) -> bool:
    """End a conversion; False when it ended before. `reason` is read by the author of what is hidden.

    An idea that was made is hidden with its votes, and the question is unlocked where it was locked with it. A question
    that was made is hidden with its answers, and the idea has the status from before, unless somebody set another one.
    Raises NotAllowed unless the person converts, Conflict without a reason and for an idea that is part of a merge.
    """
    must_convert(by)
    topic, idea = conversion.topic, conversion.idea
    if topic is not None:
        hold_topic(topic)
        hold_around(topic, [idea.id])
    hold(idea)
    db.session.refresh(conversion, ["ended_at"])
    if conversion.ended_at is not None:
        return False
    if not reason.strip():
        raise Conflict("Write a reason: the author reads it.")
    if conversion.made_idea:
        _take_idea_back(conversion, by, reason.strip())
    else:
        _take_question_back(conversion, by, reason.strip())
    conversion.ended_at, conversion.ended_by, conversion.ended_reason = clock.now(), by, reason.strip()
    names: dict[str, Any] = {"idea_id": idea.id, "topic_id": conversion.topic_id, "made": conversion.made}
    journal.record(ConversionEnded(actor_id=by.id, **names))
    return True


def _take_idea_back(conversion: Conversion, by: Person, reason: str) -> None:
    idea, topic = conversion.idea, conversion.topic
    if idea.is_merged or idea.sources:
        raise Conflict("This idea is part of a merge: its votes count with others. Part that first.")
    hiding.take_away(idea, by=by, reason=reason)
    if conversion.locked and topic is not None and topic.locked_at is not None:
        locking.open_again(topic, by=by, reason=reason)


def _take_question_back(conversion: Conversion, by: Person, reason: str) -> None:
    idea, before = conversion.idea, conversion.status_before
    if idea.is_merged:
        raise Conflict("This idea was merged into another one, and keeps its status there. Part that first.")
    if conversion.topic is not None:
        hiding.take_away(conversion.topic, by=by, reason=reason)
    is_so_still = str(idea.status) == conversion.status_after != before
    if before and is_so_still and deciding.has_status(idea, before):
        deciding.move(idea, before, by, reason=reason, ground=None)
