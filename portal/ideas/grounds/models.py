"""The table of grounds, and those that are built in."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model

BUILT_IN = {
    "direction": "It does not fit where we are going",
    "rare": "Too few people need it",
    "costly": "It costs too much for what it brings",
    "possible": "It is possible already",
    "solved": "Another way solves it",
    "later": "Not now",
}
"""What holds while the house has no list of its own; the keys never change."""
QUIET = "quiet"
UNASKED = "Nobody asked for it any more"
"""The ground on which the worker closes what nobody wants; it stands in no list to choose from."""
QUESTION = "question"
ASKED = "It is a question, which is answered"
"""The ground of an idea that became a question; it stands in no list to choose from either."""


class Ground(Model):
    """A ground of the house. Decisions keep its key, so that another name shows everywhere at once."""

    __tablename__ = "ground"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]
