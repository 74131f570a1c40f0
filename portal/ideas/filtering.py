"""Which ideas a list shows, in which order: read from the address, and written back into it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.accounts.permissions import Permission
from portal.ideas import finding
from portal.ideas.fields.models import KEY
from portal.ideas.fields.queries import ideas_with
from portal.ideas.models import Idea
from portal.ideas.queries import ORDERS
from portal.paging import Keyset
from portal.voting.demand.folding import WINDOWS, portion_of_segment, portion_of_tier
from portal.voting.demand.models import Portion
from portal.voting.queries import idea_ids_voted_by

LONGEST_TEXT = 100
_KEY = re.compile(r"[a-z0-9_]{1,20}")
MINE = ("written", "voted")
MEASURES = {
    "": "people",
    "people": "people",
    "accounts": "accounts",
    "revenue": "revenue",
    "weight": "account_weight",
}
"""What Top can count for staff, and its column; for everybody it counts votes, with tallies."""
MOST_CHOICES = 5
KEPT = ("sort", "board", "by", "days")
"""What stays of a list when its filters are cleared: where it is, its order and what that counts."""


@dataclass(frozen=True)
class IdeaFilter:
    """`sort`: hot, top or new. `mine`: "written" by the viewer or "voted" for. Empty fields narrow nothing.

    Of Top: `by` is what it counts (MEASURES), `days` the window of the votes that count (0: all time). `tier` and
    `segment` leave the ideas that accounts of these want; numbers count within the tier, or else the segment.
    `chosen`: fields of the board, each with the choice that is wanted, by their ids.
    """

    sort: str = "hot"
    board: int | None = None
    status: str = ""
    text: str = ""
    mine: str = ""
    by: str = ""
    days: int = 0
    tier: str = ""
    segment: str = ""
    chosen: tuple[tuple[int, int], ...] = ()

    @classmethod
    def read(cls, address: Mapping[str, str]) -> "IdeaFilter":
        """From the query of an address. What cannot be meant is left out."""
        board, sort = address.get("board", ""), address.get("sort", "")
        status, mine = address.get("status", ""), address.get("mine", "")
        by, days = address.get("by", ""), address.get("days", "")
        is_top = sort == "top"
        return cls(
            sort=sort if sort in ORDERS else "hot",
            board=int(board) if board.isascii() and board.isdigit() and len(board) < 19 else None,
            status=status if _KEY.fullmatch(status) else "",
            text=_words(address.get("text", ""), LONGEST_TEXT),
            mine=mine if mine in MINE else "",
            by=by if by in MEASURES and by != "people" and is_top else "",
            days=int(days) if is_top and days in {str(each) for each in WINDOWS} else 0,
            tier=_words(address.get("tier", ""), 40),
            segment=_words(address.get("segment", ""), 80),
            chosen=_chosen(address),
        )

    @property
    def among(self) -> str:
        """The portion in which numbers count; empty for all votes."""
        if self.tier:
            return portion_of_tier(self.tier)
        if self.segment:
            return portion_of_segment(self.segment)
        return str(self.days) if self.days else ""

    @property
    def order(self) -> Keyset[Any]:
        """The pages of this list."""
        if self.sort != "top" or not (self.by or self.among):
            return ORDERS[self.sort]
        measure = MEASURES[self.by]
        if self.among:
            return Keyset((getattr(Portion, measure), Portion.idea_id))
        return Keyset((getattr(Idea, measure), Idea.id))

    @property
    def narrows(self) -> bool:
        """Whether anything beside board and order is asked for."""
        return self != self.cleared

    @property
    def cleared(self) -> "IdeaFilter":
        """The same list, narrowed by nothing."""
        return IdeaFilter(**{name: getattr(self, name) for name in KEPT})

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
        for field_id, choice_id in self.chosen:
            ideas = ideas.where(Idea.id.in_(ideas_with(viewer, field_id, choice_id)))
        return self._wanted_by(ideas)

    def _wanted_by(self, ideas: sa.Select[Any]) -> sa.Select[Any]:
        if not self.among:
            return ideas
        of_idea = Portion.idea_id == Idea.id
        ideas = ideas.join(Portion, sa.and_(of_idea, Portion.among == self.among))
        others = [portion_of_segment(self.segment)] if self.tier and self.segment else []
        if self.days and str(self.days) != self.among:
            others.append(str(self.days))
        for among in others:
            also = sa.select(Portion.idea_id).where(Portion.among == among)
            ideas = ideas.where(Idea.id.in_(also))
        return ideas

    def but(self, **changes: Any) -> "IdeaFilter":
        """The same filter with some fields changed."""
        return replace(self, **changes)

    def with_status_of(self, statuses: Collection[str]) -> "IdeaFilter":
        """The same filter without a status that is not one of these."""
        return self if self.status in statuses else self.but(status="")

    def allowed(self, viewer: Viewer) -> "IdeaFilter":
        """The same filter without what only staff, or those who see records, may ask."""
        sees = viewer.may(Permission.SEE_RECORD)
        by = self.by if sees or (viewer.is_staff and self.by != "revenue") else ""
        return self.but(by=by, **{} if sees else {"tier": "", "segment": ""})

    def offering(self, field_ids: Collection[int]) -> "IdeaFilter":
        """The same filter without choices of fields that are not among these."""
        kept = tuple(each for each in self.chosen if each[0] in field_ids)
        return self if kept == self.chosen else self.but(chosen=kept)

    def as_query(self, **changes: Any) -> dict[str, Any]:
        """The fields as they stand in an address: only those that differ from the default."""
        plain = {each.name: each.default for each in fields(self)}
        mine = asdict(self.but(**changes))
        chosen = {f"field-{key}": choice for key, choice in mine.pop("chosen")}
        return {name: value for name, value in mine.items() if value != plain[name]} | chosen


def _chosen(address: Mapping[str, str]) -> tuple[tuple[int, int], ...]:
    found = {
        int(name.partition("-")[2]): int(value)
        for name, value in address.items()
        if KEY.fullmatch(name) and value.isascii() and value.isdigit() and len(value) < 19
    }
    return tuple(sorted(found.items())[:MOST_CHOICES])


def _words(text: str, most: int) -> str:
    return " ".join(text.replace("\x00", " ").split())[:most]


def position(text: str) -> int:
    """The place in a discussion that an address names. Raises ValueError for what is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number < 1:
        raise ValueError(text)
    return number
