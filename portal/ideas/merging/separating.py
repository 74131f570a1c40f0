"""Parting an idea from the one that it was merged into, as if they had never been one."""

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeaParted
from portal.database import db
from portal.errors import Conflict
from portal.ideas.merging import queries
from portal.ideas.merging.joining import IMPORTED, hold, must_merge, refresh, set_ideas
from portal.ideas.models import Idea
from portal.voting import uniting
from portal.voting.counting import recount


def part(source: Idea, *, by: Person, reason: str = "") -> bool:
    """Have an idea stand for itself again, with all that was merged into it; False when it does.

    Its votes count for it alone, those that slept beside them count again, and budgets are held as before. What was
    voted and said on the other idea meanwhile stays there. Raises NotAllowed unless the person merges, Conflict when
    somebody changed the merge at the same moment.
    """
    must_merge(by)
    if source.merged_into_id is None:
        return False
    top = db.session.get_one(Idea, source.merged_into_id)
    hold(top, source)
    if source.merged_into_id != top.id:
        raise Conflict("Somebody else parted or merged this idea just now. Look at it again.")
    under = queries.below(source)
    _end(source, top, under, by, reason.strip())
    set_ideas(Idea.id == source.id, merged_into_id=None, sources=len(under))
    set_ideas(Idea.id.in_([each.id for each in under]), merged_into_id=source.id)
    set_ideas(Idea.id == top.id, sources=Idea.sources - len(under) - 1)
    refresh(top, source, *under)
    uniting.part(queries.family_of(source), queries.family_of(top))
    for each in (top, source, *under):
        recount(each)
    journal.record(IdeaParted(actor_id=by.id, idea_id=source.id, from_id=top.id, author_id=source.author_id))
    return True


def _end(source: Idea, top: Idea, under: list[Idea], by: Person, reason: str) -> None:
    """End the merge of an idea; the votes without voters that came with it and those below it go back."""
    rows = queries.merges_in_force([source.id, *(each.id for each in under)])
    for name in IMPORTED:
        every = sum(getattr(each, name) for each in rows)
        own = sum(getattr(each, name) for each in rows if each.source_id == source.id)
        set_ideas(Idea.id == top.id, **{name: getattr(Idea, name) - every})
        set_ideas(Idea.id == source.id, **{name: getattr(Idea, name) + every - own})
    row = next(each for each in rows if each.source_id == source.id)
    row.undone_at, row.undone_by_id, row.undone_reason = clock.now(), by.id, reason or None
    db.session.flush()
