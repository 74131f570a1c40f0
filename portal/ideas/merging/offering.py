"""Offering to exports what was merged into an idea."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal import tables
from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas.merging.queries import seen_by
from portal.ideas.models import Idea
from portal.tables import Cells, Column

GROUP = "What was merged into it"
COLUMNS = (
    Column("merged_from_count", GROUP, "How many ideas it counts for, beside itself"),
    Column("merged_from", GROUP, "Numbers and titles of these ideas"),
)


def offer() -> None:
    """Let exports have these columns."""
    tables.offer("merging", COLUMNS, _cells)


def _cells(batch: Sequence[int], viewer: Viewer) -> Cells:
    """What is hidden, or not for the viewer, is counted, and not named."""
    found: dict[int, list[str]] = {key: [] for key in batch}
    counts = dict.fromkeys(batch, 0)
    there = Idea.merged_into_id.in_(batch)
    sources = sa.select(Idea.merged_into_id, Idea.id, Idea.title, Idea.hidden_at, seen_by(viewer, there))
    for into, key, title, hidden_at, seen in db.session.execute(sources.where(there).order_by(Idea.id)):
        counts[into or 0] += 1
        found[into or 0] += [f"{key} {title}"] if seen and not hidden_at else []
    return {
        key: {"merged_from_count": counts[key], "merged_from": "; ".join(names)}
        for key, names in found.items()
    }
