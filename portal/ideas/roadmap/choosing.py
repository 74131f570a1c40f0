"""Choosing by hand whether an idea stands on a roadmap."""

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import RoadmapItemChosen
from portal.database import db
from portal.ideas.deciding import must_decide
from portal.ideas.models import Idea
from portal.ideas.roadmap import queries
from portal.ideas.roadmap.filtering import RoadmapFilter
from portal.ideas.roadmap.models import Choice, Roadmap, RoadmapItem


def choose(roadmap: Roadmap, idea: Idea, choice: str, *, by: Person, reason: str = "") -> bool:
    """Pin an idea, leave it out with a reason for staff, or let the roadmap decide. False when it was so already.

    Raises NotAllowed unless the person decides on ideas.
    """
    must_decide(by)
    db.session.refresh(roadmap, ["position"], with_for_update=True)
    kept = queries.item_of(roadmap, idea)
    said = (kept.choice, kept.reason) if kept else (Choice.AUTOMATIC, "")
    if said == (choice, reason.strip()):
        return False
    item = item_for(roadmap, idea, by=by)
    item.choice, item.reason = choice, reason.strip()
    journal.record(
        RoadmapItemChosen(actor_id=by.id, roadmap_id=roadmap.id, idea_id=idea.id, choice=str(choice))
    )
    return True


def put_on(roadmap: Roadmap, idea: Idea, *, by: Person) -> bool:
    """Pin an idea that does not come by itself. False when it stands there already."""
    there = queries.ideas_on(roadmap, by, RoadmapFilter()).where(Idea.id == idea.id)
    if db.session.scalar(there.with_only_columns(Idea.id)) is not None:
        return False
    item_for(roadmap, idea, by=by).choice = Choice.PINNED
    db.session.flush()
    return True


def item_for(roadmap: Roadmap, idea: Idea, *, by: Person) -> RoadmapItem:
    """The row of an idea on a roadmap, new if there was none, said by this person now."""
    item = queries.item_of(roadmap, idea)
    if item is None:
        item = RoadmapItem(roadmap_id=roadmap.id, idea_id=idea.id, choice=Choice.AUTOMATIC)
        db.session.add(item)
    item.by_id, item.at = by.id, clock.now()
    return item
