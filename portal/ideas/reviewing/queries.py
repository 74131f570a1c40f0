"""The lists of ideas that deserve a second look; `visible_to` of ideas narrows them first."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from portal.ideas.models import Idea
from portal.paging import Keyset

AGAIN, UNSOLVED = "again", "unsolved"

LISTS: dict[str, tuple[sa.ColumnElement[bool], Keyset[Any]]] = {
    AGAIN: (Idea.asked_again_at.is_not(None), Keyset((Idea.appeals, Idea.id))),
    UNSOLVED: (Idea.solved_no > 0, Keyset((Idea.solved_no, Idea.id))),
}
"""Each list: which ideas, and their order."""

SHOWN = (
    *(Idea.id, Idea.title, Idea.status, Idea.written_status),
    *(Idea.appeals, Idea.asked_again_at, Idea.solved_yes, Idea.solved_partly, Idea.solved_no),
)
"""What a line of a list shows."""


def listed(ideas: sa.Select[Any], which: str) -> sa.Select[Any]:
    """Those of these ideas that stand in a list, with what is shown of them."""
    condition, _ = LISTS[which]
    return ideas.where(condition).options(load_only(*SHOWN, raiseload=True))
