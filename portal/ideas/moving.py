"""Moving an idea to another board, with its votes, its rank and what holds whose budget."""

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeaMoved
from portal.database import db
from portal.errors import Conflict
from portal.ideas.deciding import must_decide
from portal.ideas.merging import queries as merging
from portal.ideas.merging.joining import hold
from portal.ideas.models import Board, Idea
from portal.ideas.statuses import queries as statuses
from portal.voting import budgeting, ranking, uniting
from portal.voting.counting import recount


def move(idea: Idea, *, to: Board, by: Person) -> bool:
    """Put an idea on another board; False when it stands there.

    Its votes go along with their dates and weights. From then on they are part of the budgets there: who has more than
    that keeps them, has none left, and never fewer. Its rank is worked out with the half-life there. Raises NotAllowed
    unless the person decides, Conflict for a merged idea, an archived board, and a status that is not known there.
    """
    must_decide(by)
    hold(idea)
    if idea.board_id == to.id:
        return False
    _refuse(idea, to)
    old, was = idea.board_id, idea.board.half_life
    values: dict[str, object] = {"board_id": to.id}
    if idea.imported_hot is not None:
        values["imported_hot"] = ranking.under(to.half_life, idea.imported_hot, idea.imported_up, was=was)
    db.session.execute(
        sa.update(Idea).where(Idea.id == idea.id).values(values),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(idea, ["board_id", "imported_hot"])
    budgeting.read_rules(idea)
    if idea.sources:
        uniting.unite(merging.family_of(idea))
    recount(idea)
    journal.record(IdeaMoved(actor_id=by.id, idea_id=idea.id, old_id=old, new_id=to.id))
    return True


def _refuse(idea: Idea, to: Board) -> None:
    if idea.is_merged:
        raise Conflict("This idea was merged into another one. Part it first.")
    if to.archived_at is not None:
        raise Conflict(f"The board {to.name} is archived and takes no ideas. Choose another board.")
    if str(idea.status) not in {each.key for each in statuses.set_of(to.id, archived=True)}:
        raise Conflict(f"The board {to.name} has no status {idea.standing.name}. Set another status first.")
