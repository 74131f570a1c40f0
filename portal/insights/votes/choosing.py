"""Which votes a list shows: read from the address, and written back into it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Viewer
from portal.accounts.permissions import Permission
from portal.ideas.models import Idea
from portal.insights.choosing import begin_of, day_of
from portal.voting.demand.weighing import company_of_vote
from portal.voting.models import Vote

_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)
NOBODY = "-"
"""Stands for no tier, no segment and no company."""


@dataclass(frozen=True)
class VoteChoice:
    """Empty fields narrow nothing. Votes for ideas, or `against` them; cast on the days `since` to `until`. NOBODY
    as tier, segment or company means those without one."""

    idea: int = 0
    board: int = 0
    company: str = ""
    tier: str = ""
    segment: str = ""
    since: str = ""
    until: str = ""
    against: str = ""

    @classmethod
    def read(cls, address: Mapping[str, str], viewer: Viewer) -> "VoteChoice":
        """From the query of an address, without what this viewer may not ask. What cannot be meant is left out."""
        number: dict[str, Any] = {
            name: int(text) if _NUMBER.fullmatch(text := address.get(name, "")) else 0
            for name in ("idea", "board")
        }
        company = address.get("company", "")
        groups: dict[str, Any] = {
            name: " ".join(address.get(name, "").replace("\x00", " ").split())[:80]
            for name in ("tier", "segment")
        }
        return cls(
            **number,
            **(groups if viewer.may(Permission.SEE_RECORD) else {}),
            company=company if company == NOBODY or _NUMBER.fullmatch(company) else "",
            since=day_of(address.get("since", "")),
            until=day_of(address.get("until", "")),
            against="1" if address.get("against") == "1" else "",
        )

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What must hold for a vote, joined to its idea, its person and their company."""
        found: list[sa.ColumnElement[bool]] = [Vote.value == (-1 if self.against else 1)]
        if self.idea:
            found.append(Vote.counts_for_id == self.idea)
        if self.board:
            found.append(Idea.board_id == self.board)
        if self.company:
            theirs = company_of_vote()
            found.append(theirs.is_(None) if self.company == NOBODY else theirs == int(self.company))
        for column, name in ((Company.tier, self.tier), (Company.segment, self.segment)):
            if name:
                found.append(column == name if name != NOBODY else sa.or_(column.is_(None), column == ""))
        if self.since:
            found.append(Vote.cast_at >= begin_of(date.fromisoformat(self.since)))
        if self.until:
            found.append(Vote.cast_at < begin_of(date.fromisoformat(self.until)) + timedelta(days=1))
        return found

    def as_query(self, **changes: Any) -> dict[str, Any]:
        """The fields as they stand in an address: only those that narrow."""
        return {name: value for name, value in asdict(replace(self, **changes)).items() if value}
