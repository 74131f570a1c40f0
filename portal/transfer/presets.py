"""Exports that are ready to be taken, for the usual occasions."""

from dataclasses import dataclass

from portal.transfer.building import Export
from portal.transfer.narrowing import Choice
from portal.transfer.rows.listing import KINDS

STEERING = (
    "number", "title", "board", "status", "people", "accounts", "revenue_at_stake", "importance_critical",
    "segments", "target", "owner", "review_on", "last_staff_word_at", "tags",
)  # fmt: skip
SALES = (
    "company", "tier", "segment", "revenue", "currency", "crm_id", "account_owner", "renews_on", "idea_number",
    "idea_title", "idea_status", "idea_target", "voter", "voter_email", "importance", "voted_at", "on_behalf_of",
)  # fmt: skip


@dataclass(frozen=True)
class Preset:
    """An export for an occasion: its name in addresses, its title, and what it is good for."""

    name: str
    title: str
    says: str
    export: Export


def presets() -> list[Preset]:
    """All of them; "Everything" has every column that there is today."""
    every = tuple(each.name for each in KINDS["ideas"].columns())
    return [
        Preset(
            "steering", "For the steering meeting", "The 50 most wanted ideas, who wants them and what is planned",
            Export("ideas", "xlsx", STEERING, choice=Choice(status="open,under_review,planned,started", top=50)),
        ),
        Preset(
            "sales", "For sales: who wants what", "One row for each vote, with the company, its owner and the voter",
            Export("votes", "xlsx", SALES),
        ),
        Preset(
            "everything", "Everything", "All ideas with every column, and all votes",
            Export("both", "xlsx", KINDS["ideas"].in_order(every)),
        ),
    ]  # fmt: skip


def preset(name: str) -> Export:
    """The export of this name, or the usual one."""
    return next((each.export for each in presets() if each.name == name), Export())
