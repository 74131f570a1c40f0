"""Handling several ideas at once: one act on each, by the acts that one idea has; what is so already stays so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeaLabelled
from portal.database import db, insert_missing
from portal.discussion.models import Label, Labelling
from portal.errors import Refusal
from portal.ideas.deciding import change_status, must_decide
from portal.ideas.merging.joining import hold, merge
from portal.ideas.models import Board, Idea
from portal.ideas.moving import move
from portal.ideas.plans.planning import plan
from portal.voting import holding

MOST = 100
"""Ideas that one press changes at most."""


@dataclass(frozen=True)
class Outcome:
    """How many ideas changed, how many were so already, and of each one that was left out why."""

    changed: int
    same: int
    refused: Sequence[tuple[Idea, str]]


def handle(ideas: Sequence[Idea], act: Callable[[Idea], Any]) -> Outcome:
    """Do it to each idea. One that refuses is left as it is, and the others are done all the same."""
    holding.hold_with_authors(Idea, {idea.id for idea in ideas})
    changed, same, refused = 0, 0, list[tuple[Idea, str]]()
    for idea in ideas:
        try:
            with db.session.begin_nested():
                done = bool(act(idea))
        except Refusal as why:
            refused.append((idea, str(why)))
            continue
        changed, same = changed + done, same + (not done)
    return Outcome(changed, same, refused)


def set_status(
    ideas: Sequence[Idea], *, by: Person, status: str, ground: str = "", reason: str = ""
) -> Outcome:
    """Give all the same status, each with a line in its history."""
    return handle(ideas, lambda idea: change_status(idea, to=status, by=by, ground=ground, reason=reason))


def set_owner(ideas: Sequence[Idea], *, by: Person, owner_id: int | None) -> Outcome:
    """Have one person look after all of them; None for nobody."""
    return handle(ideas, lambda idea: plan(idea, by=by, owner_id=owner_id))


def move_all(ideas: Sequence[Idea], *, by: Person, board: Board) -> Outcome:
    """Put all on one board."""
    return handle(ideas, lambda idea: move(idea, to=board, by=by))


def ranked_to_merge(ideas: Sequence[Idea]) -> list[Idea]:
    """The one that most want first: all others are merged into it. What was merged or hidden comes last."""
    return sorted(ideas, key=lambda each: (each.is_merged or each.is_hidden, -each.score, each.id))


def merge_all(ideas: Sequence[Idea], *, by: Person, reason: str = "") -> Outcome:
    """Merge all into the one that most want."""
    ranked = ranked_to_merge(ideas)
    # All at once: one after the other would be in the order of the votes, and the next press in another.
    hold(*ranked)
    return handle(ranked[1:], lambda idea: merge(idea, ranked[0], by=by, reason=reason))


def label_all(ideas: Sequence[Idea], *, by: Person, label: str) -> Outcome:
    """Give all a label, which is made when nobody used it yet."""
    must_decide(by)
    insert_missing(Label, [{"name": label}])
    label_id = db.session.scalars(sa.select(Label.id).where(Label.name == label)).one()
    return handle(ideas, lambda idea: _label(idea, label_id, by))


def _label(idea: Idea, label_id: int, by: Person) -> bool:
    if not insert_missing(Labelling, [{"label_id": label_id, "idea_id": idea.id}]):
        return False
    journal.record(IdeaLabelled(actor_id=by.id, idea_id=idea.id, label_id=label_id))
    return True
