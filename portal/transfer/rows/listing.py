"""Listing the kinds of rows that an export can have, with their columns."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portal.tables import Column
from portal.transfer.rows import company, ideas, pairing, votes
from portal.transfer.rows.meaning import Meant

IDEA_COLUMNS = (
    # The columns of Fider's export come first, under its names, so that what reads the one reads the other.
    "number", "title", "description", "created_at", "created_by", "votes_count", "comments_count", "status",
    "responded_by", "responded_at", "response", "original_number", "original_title", "tags",
    "people", "accounts", "revenue_at_stake", "open_deals", "open_deals_worth", "last_staff_word_at", "board", "votes_against",
    "imported_votes", "imported_votes_against",
)  # fmt: skip
BOTH = "both"


@dataclass(frozen=True)
class Kind:
    """One row for each of something. `usual` are the columns that are chosen when nobody says otherwise."""

    name: str
    title: str
    says: str
    columns: Callable[[], list[Column]]
    usual: tuple[str, ...]
    rows: Callable[[Meant, Sequence[str]], Iterator[list[Any]]]

    def in_order(self, names: Collection[str]) -> tuple[str, ...]:
        """These columns as they stand in a file: the usual ones in their order, then the others in theirs."""
        every = dict.fromkeys((*self.usual, *(each.name for each in self.columns())))
        return tuple(name for name in every if name in names)


def _idea_rows(meant: Meant, names: Sequence[str]) -> Iterator[list[Any]]:
    return (cells for _, cells in ideas.cells(meant.ids, names, meant.viewer))


KINDS = {
    each.name: each
    for each in (
        Kind("ideas", "Ideas", "One row for each idea", ideas.columns, IDEA_COLUMNS, _idea_rows),
        Kind("votes", "Votes", "One row for each vote, with its voter", votes.columns, votes.USUAL, votes.rows),
        Kind(
            "voters", "Voters", "One row for each idea and voter, with the headings of UserVoice",
            pairing.columns, pairing.USUAL, pairing.rows,
        ),
        Kind("companies", "Companies", "One row for each company", company.columns, company.USUAL, company.rows),
    )
}  # fmt: skip
ROWS = (BOTH, *KINDS)


def in_groups(kind: Kind) -> dict[str, list[Column]]:
    """The columns of a kind by their groups, in the order in which they were offered."""
    groups: dict[str, list[Column]] = {}
    for column in kind.columns():
        groups.setdefault(column.group, []).append(column)
    return groups
