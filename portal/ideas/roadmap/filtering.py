"""What a roadmap is narrowed to: read from the address, and written back into it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

LONGEST = 80


@dataclass(frozen=True)
class RoadmapFilter:
    """One board; and for those who see records, what companies of a segment or tier want. Empty narrows nothing."""

    board: int | None = None
    segment: str = ""
    tier: str = ""

    @classmethod
    def read(cls, address: Mapping[str, str], *, sees_records: bool) -> "RoadmapFilter":
        """From the query of an address. What cannot be meant is left out."""
        board = address.get("board", "")
        words = {
            name: address.get(name, "").replace("\x00", " ").strip()[:LONGEST] for name in ("segment", "tier")
        }
        return cls(
            board=int(board) if board.isascii() and board.isdigit() and len(board) < 19 else None,
            **words if sees_records else {},
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return self.board is not None or bool(self.segment or self.tier)

    def but(self, **changes: Any) -> "RoadmapFilter":
        """The same filter with some fields changed."""
        return replace(self, **changes)

    @property
    def query(self) -> dict[str, Any]:
        """As it stands in an address."""
        fields = {"board": self.board, "segment": self.segment, "tier": self.tier}
        return {name: value for name, value in fields.items() if value}
