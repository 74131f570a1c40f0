"""Appealing against a decision: enough customers who still want an idea bring it before staff again."""

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import AppealMade, AppealWithdrawn, AskedForAgain, StatusChanged
from portal.activity.journal import hears
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.ideas import deciding, permitting
from portal.ideas.appeals.models import Appeal
from portal.ideas.models import Idea, Status


def why_no_appeals(idea: Idea) -> str:
    """The sentence that says why nobody can say here that they still want it; empty when they can. Needs the board."""
    if idea.merged_into_id is not None:
        return "This idea was merged into another one. Say it there."
    if not idea.board.revive_at:
        return "On this board a decision stands. Say in a comment what speaks against it."
    if idea.is_hidden or idea.locked_at is not None:
        return "This idea is hidden or locked. Say in a new idea what you need."
    if idea.standing.takes_votes:
        return "This idea takes votes: vote for it."
    if idea.standing.is_complete:
        return "This is done. Say whether it solves it."
    return ""


def appeal(idea: Idea, *, by: Person) -> bool:
    """A customer still wants it. False when they said so already since the decision.

    Raises NotAllowed for staff and who may not vote on the board, Conflict where there is nothing to appeal against.
    """
    _hold(idea)
    if by.is_staff:
        raise NotAllowed("This is for customers. You can set another status, or say why in a comment.")
    permitting.check_vote(idea, by)
    if reason := why_no_appeals(idea):
        raise Conflict(reason)
    row = _row(idea, by)
    if row and row.closed_at is None:
        return False
    if row is None:
        row = Appeal(idea_id=idea.id, person_id=by.id)
        db.session.add(row)
    row.at, row.closed_at = clock.now(), None
    _count(idea, 1)
    journal.record(AppealMade(actor_id=by.id, idea_id=idea.id))
    _bring_before_staff(idea)
    return True


def withdraw(idea: Idea, *, by: Person) -> bool:
    """The customer does not want it any more. False when there was nothing to withdraw."""
    _hold(idea)
    row = _row(idea, by)
    if row is None or row.closed_at is not None:
        return False
    row.closed_at = clock.now()
    _count(idea, -1)
    journal.record(AppealWithdrawn(actor_id=by.id, idea_id=idea.id))
    return True


@hears(StatusChanged)
def end_appeals(event: StatusChanged) -> None:
    """With the next decision appeals begin anew."""
    none = {"appeals": 0, "asked_again_at": None}
    there = sa.or_(Idea.appeals > 0, Idea.asked_again_at.is_not(None))
    moved = sa.update(Idea).where(Idea.id == event.idea_id, there).values(none)
    if db.session.execute(moved).rowcount:  # type: ignore[attr-defined]
        ended = sa.update(Appeal).where(Appeal.idea_id == event.idea_id, Appeal.closed_at.is_(None))
        db.session.execute(ended.values(closed_at=clock.now()))


def _hold(idea: Idea) -> None:
    held = ["status", "written_status", "appeals", "asked_again_at", "hidden_at", "locked_at", "board_id"]
    held.append("merged_into_id")
    db.session.refresh(idea, held, with_for_update=True)
    db.session.refresh(idea, ["board"])


def _row(idea: Idea, by: Person) -> Appeal | None:
    return db.session.scalar(sa.select(Appeal).where(Appeal.idea_id == idea.id, Appeal.person_id == by.id))


def _count(idea: Idea, step: int) -> None:
    db.session.flush()
    db.session.execute(sa.update(Idea).where(Idea.id == idea.id).values(appeals=Idea.appeals + step))
    db.session.refresh(idea, ["appeals"])


def _bring_before_staff(idea: Idea) -> None:
    """When enough still want it: it is asked for again, and under review where the board says so."""
    if idea.appeals < idea.board.revive_at or idea.asked_again_at is not None:
        return
    idea.asked_again_at = clock.now()
    journal.record(AskedForAgain(actor_id=None, idea_id=idea.id, appeals=idea.appeals))
    if idea.board.revive_moves and deciding.has_status(idea, Status.UNDER_REVIEW):
        said = "1 customer asked" if idea.appeals == 1 else f"{idea.appeals} customers asked"
        deciding.move(idea, Status.UNDER_REVIEW, None, reason=f"{said} for it again.")
