"""Merging an idea into another. Nothing moves: votes, followers, comments and labels are read through the link."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeaMerged
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.ideas.merging import queries
from portal.ideas.merging.models import Merge
from portal.ideas.models import Idea
from portal.voting import budgeting, holding, uniting
from portal.voting.counting import recount

IMPORTED = ("imported_up", "imported_down")
STATE = ("title", "board_id", "status", "hidden_at", "merged_into_id", "sources", *IMPORTED)


def may_merge(person: Any) -> bool:
    """Whether this person may merge ideas and part them again."""
    return bool(person.may("decide") or person.may("moderate"))


def must_merge(by: Person) -> None:
    """Raise NotAllowed unless this person may merge ideas."""
    if not may_merge(by):
        raise NotAllowed("Only staff merge ideas. Say in a comment which idea asks for the same.")


def hold(*ideas: Idea) -> None:
    """Read what decides about merging as it is now, and keep others from changing it or voting until the end.

    Raises Conflict when one of them was merged or parted at the same moment.
    """
    db.session.flush()
    holding.hold(ideas, [*STATE, "hot", "imported_hot", "votes_up"])
    boards: dict[int, Any] = {}
    for idea in ideas:
        if idea.board_id not in boards:
            budgeting.read_rules(idea)
            boards[idea.board_id] = idea.board
        set_committed_value(idea, "board", boards[idea.board_id])


def merge(source: Idea, into: Idea, *, by: Person, reason: str = "") -> bool:
    """Have one idea count for another too; False when it does already. `reason` is public.

    Its status stays as it is until it is parted again. Raises NotAllowed unless the person merges, Conflict for an
    idea and itself, for one that was merged already, and for what is hidden.
    """
    must_merge(by)
    if not _is_wanted(source, into):
        return False
    hold(source, into)
    if not _is_wanted(source, into):
        return False
    under = queries.below(source)
    _add_row(source, into, by, reason.strip(), under)
    _unite([source], into, under)
    journal.record(IdeaMerged(actor_id=by.id, idea_id=source.id, into_id=into.id, author_id=source.author_id))
    return True


def bring(sources: Sequence[Idea], into: Idea) -> list[Idea]:
    """Have an idea count for others too that came merged from another portal, for all at once. Returns those that it
    counts for now: not what cannot be merged, nor what was merged here before, also if it was parted again.

    Votes without voters stay where they are: what counts for both counts them there already. The event of the import
    stands for all.
    """
    hold(*sources, into)
    before = sa.select(Merge.source_id).where(Merge.source_id.in_([each.id for each in sources]))
    past = set(db.session.scalars(before))
    new = [each for each in sources if each.id not in past and not why_not(each, into)]
    if new:
        under = [below for each in new if each.sources for below in queries.below(each)]
        now = clock.now()
        db.session.add_all(Merge(source_id=each.id, target_id=into.id, at=now) for each in new)
        db.session.flush()
        _unite(new, into, under)
    return new


def _unite(sources: Sequence[Idea], into: Idea, under: list[Idea]) -> None:
    """All are held, and the rows of the merges are there: the one idea counts for them from now on."""
    below = [*sources, *under]
    set_ideas(Idea.id.in_([each.id for each in below]), merged_into_id=into.id, sources=0)
    set_ideas(Idea.id == into.id, sources=Idea.sources + len(below))
    refresh(into, *below)
    uniting.unite(queries.family_of(into))
    for each in (into, *below):
        recount(each)


def why_not(source: Idea, into: Idea) -> str:
    """The sentence that says why the one cannot be merged into the other; empty when it can."""
    if source.id == into.id:
        return "An idea cannot be merged into itself. Choose another one."
    if source.merged_into_id is not None:
        return "This idea was merged into another one already. Part it from there first."
    if into.merged_into_id is not None:
        return "The other idea was merged itself. Choose the one that it was merged into."
    if source.is_hidden or into.is_hidden:
        return "A hidden idea is not merged, and nothing is merged into it. A moderator can restore it first."
    return ""


def _is_wanted(source: Idea, into: Idea) -> bool:
    """False when it was done already. Raises Conflict when it cannot be done."""
    db.session.refresh(source, ["merged_into_id"])
    db.session.refresh(into, ["merged_into_id"])
    if source.merged_into_id == into.id:
        return False
    if reason := why_not(source, into):
        raise Conflict(reason)
    return True


def _add_row(source: Idea, into: Idea, by: Person, reason: str, under: list[Idea]) -> None:
    """The row of the merge; votes without voters move in numbers, and it says how many."""
    brought = queries.merges_in_force([each.id for each in under])
    row = Merge(
        source_id=source.id, target_id=into.id, merged_by_id=by.id, at=clock.now(), reason=reason or None
    )
    for name in IMPORTED:
        total, own = (
            getattr(source, name),
            getattr(source, name) - sum(getattr(each, name) for each in brought),
        )
        setattr(row, name, own)
        set_ideas(Idea.id == into.id, **{name: getattr(Idea, name) + total})
        if total != own:
            set_ideas(Idea.id == source.id, **{name: own})
    db.session.add(row)
    db.session.flush()


def refresh(*ideas: Idea) -> None:
    """Have ideas say what was just written to their rows."""
    for idea in ideas:
        db.session.refresh(idea, [*STATE, "score"])


def set_ideas(which: sa.ColumnElement[bool], **values: Any) -> None:
    """Write into the rows of ideas that are held."""
    db.session.execute(
        sa.update(Idea).where(which).values(**values).execution_options(synchronize_session=False)
    )
