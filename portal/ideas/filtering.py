"""Which ideas a list shows, in which order: read from the address, and written back into it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.ideas import finding
from portal.ideas.models import Idea
from portal.ideas.queries import ORDERS
from portal.paging import Keyset
from portal.voting.queries import idea_ids_voted_by

LONGEST_TEXT = 100
_KEY = re.compile(r"[a-z0-9_]{1,20}")
MINE = ("written", "voted")


@dataclass(frozen=True)
class IdeaFilter:
    """`sort`: hot, top or new. `mine`: "written" by the viewer or "voted" for. Empty fields narrow nothing."""

    sort: str = "hot"
    board: int | None = None
    status: str = ""
    text: str = ""
    mine: str = ""

    @classmethod
    def read(cls, address: Mapping[str, str]) -> "IdeaFilter":
        """From the query of an address. What cannot be meant is left out."""
        board, sort = address.get("board", ""), address.get("sort", "")
        status, mine = address.get("status", ""), address.get("mine", "")
        return cls(
            sort=sort if sort in ORDERS else "hot",
            board=int(board) if board.isascii() and board.isdigit() and len(board) < 19 else None,
            status=status if _KEY.fullmatch(status) else "",
            text=" ".join(address.get("text", "").replace("\x00", " ").split())[:LONGEST_TEXT],
            mine=mine if mine in MINE else "",
        )

    @property
    def order(self) -> Keyset[Idea]:
        """The pages of this list."""
        return ORDERS[self.sort]

    @property
    def narrows(self) -> bool:
        """Whether anything beside board and order is asked for."""
        return bool(self.status or self.text or self.mine)

    def narrow(self, ideas: sa.Select[Idea], viewer: Viewer) -> sa.Select[Idea]:
        """The ideas among these that are asked for."""
        if self.board is not None:
            ideas = ideas.where(Idea.board_id == self.board)
        if self.status:
            ideas = ideas.where(Idea.status == self.status)
        if self.mine == "written":
            ideas = ideas.where(Idea.author_id == viewer.id)
        if self.mine == "voted":
            ideas = ideas.where(Idea.id.in_(idea_ids_voted_by(viewer)))
        if self.text:
            ideas = ideas.where(Idea.id.in_(finding.ids_of(self.text, viewer)))
        return ideas

    def but(self, **changes: Any) -> "IdeaFilter":
        """The same filter with some fields changed."""
        return replace(self, **changes)

    def among(self, statuses: Collection[str]) -> "IdeaFilter":
        """The same filter without a status that is not one of these."""
        return self if self.status in statuses else self.but(status="")

    def as_query(self, **changes: Any) -> dict[str, Any]:
        """The fields as they stand in an address: only those that differ from the default."""
        plain = {each.name: each.default for each in fields(self)}
        mine = asdict(self.but(**changes))
        return {name: value for name, value in mine.items() if value != plain[name]}


def position(text: str) -> int:
    """The place in a discussion that an address names. Raises ValueError for what is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number < 1:
        raise ValueError(text)
    return number
