"""Planning an idea, and noting something on it."""

from datetime import date
from typing import Any

from portal import clock, markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeaPlanned, InternallyNoted
from portal.database import db
from portal.discussion.images import using
from portal.errors import NotAllowed
from portal.ideas.deciding import must_decide
from portal.ideas.models import Idea
from portal.ideas.plans.models import Grain, InternalNote, Plan
from portal.ideas.plans.queries import plan_of


def words_of(on: date, grain: str) -> str:
    """A target as everybody reads it: "March 2027", "Q1 2027"."""
    return f"Q{(on.month + 2) // 3} {on.year}" if grain == Grain.QUARTER else f"{on:%B %Y}"


def plan(idea: Idea, *, by: Person, **fields: Any) -> list[str]:
    """Set what differs of owner_id, target_on, target_grain, review_on, cost and impact; returns the names of it.

    A new target is written into the words that everybody reads; words that were typed before stay until then.
    Raises NotAllowed unless the person decides on ideas.
    """
    must_decide(by)
    db.session.refresh(idea, ["target"], with_for_update={"key_share": True})
    kept = plan_of(idea) or Plan(idea_id=idea.id, cost="", impact="")
    changed = [name for name, value in fields.items() if getattr(kept, name) != value]
    for name in changed:
        setattr(kept, name, fields[name])
    if {"target_on", "target_grain"} & set(changed):
        on, grain = kept.target_on, kept.target_grain
        idea.target = words_of(on, grain) if on and grain else None
    if changed:
        db.session.add(kept)
        journal.record(IdeaPlanned(actor_id=by.id, idea_id=idea.id, fields=changed))
    return changed


def note(idea: Idea, *, by: Person, body: str) -> InternalNote:
    """Note something for staff. Raises NotAllowed for anybody else."""
    if not by.is_staff:
        raise NotAllowed("Notes are for staff. Write a comment instead: they read them.")
    body = markup.plain(body).strip()
    cooked = markup.cook(body)
    noted = InternalNote(
        idea_id=idea.id,
        author=by,
        body=body,
        body_html=cooked.html,
        cooked_with=cooked.version,
        at=clock.now(),
    )
    db.session.add(noted)
    db.session.flush()
    journal.record(InternallyNoted(actor_id=by.id, idea_id=idea.id, note_id=noted.id))
    using.follow(body, by=by, idea_id=idea.id, part="note")
    return noted
