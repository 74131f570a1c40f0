"""Which column of a table means what: the layouts of a source, and what whoever imports says differently."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.errors import Unusable

Values = dict[str, Any]
"""Column or field -> what stands there: text, or from JSON also a number, a list, an object, or None."""

FIELDS: dict[str, str] = {
    "idea": "Number or id of the idea",
    "title": "Title",
    "body": "Text",
    "created_at": "Date",
    "author": "Author: name",
    "author_mail": "Author: mail address",
    "author_id": "Author: id",
    "author_url": "Author: address of the profile",
    "votes": "Votes, counted",
    "votes_against": "Votes against, counted",
    "status": "Status",
    "status_at": "Date of the status",
    "answer": "Official answer",
    "answered_at": "Date of the answer",
    "answered_by": "Who answered: name",
    "answered_by_mail": "Who answered: mail address",
    "labels": "Labels",
    "board": "Board",
    "board_private": "Whether the board is for staff alone",
    "duplicate_of": "Duplicate of: number or id",
    "url": "Address of the idea",
    "moderation": "Whether it was published",
    "retired_at": "Date on which it was retired",
    "target": "What it is meant for",
    "voter": "Voter: name",
    "voter_mail": "Voter: mail address",
    "voter_id": "Voter: id",
    "voted_at": "Date of the vote",
    "value": "For (1) or against (-1)",
    "importance": "Importance, 1 to 3",
    "added_by": "Who added the vote: name",
    "added_by_id": "Who added the vote: id",
    "added_by_mail": "Who added the vote: mail address",
    "proof": "What proves the vote: words",
    "proof_url": "What proves the vote: address",
    "worth": "What the vote is worth",
    "comment": "Number or id of the comment",
    "parent": "Comment that this one answers: id",
    "private": "Whether only staff may read it",
    "person": "Number or id of the person",
    "name": "Name",
    "mail": "Mail address",
    "company": "Company: name",
    "company_id": "Company: id",
    "domain": "Mail domain of the company",
    "tier": "Tier",
    "segment": "Segment",
    "revenue": "Revenue of a year",
    "monthly_spend": "Revenue of a month",
}
"""What a column may mean, and how a page calls it."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^\w]+|_+")


def plain_name(column: object) -> str:
    """A column as it is compared: "ideaTitle", "Idea title" and "idea.title" are one."""
    words = _HUMP.sub("_", str(column).replace("\ufeff", "").strip())
    return _NO_WORD.sub("_", words).strip("_").lower()[:100]


def _nothing_more(_values: Values) -> Iterator[Values]:
    yield from ()


@dataclass(frozen=True)
class Layout:
    """One kind of table of a source. It is known by columns that it has (all of `known_by`, or one of each of
    `any_of`), or in JSON by the `name` of its list. Without `kinds` it is known and not taken.

    `kinds` are what a row makes: "companies", "people", "ideas", "votes", "comments", "notes". `columns` are plain
    names of columns and the FIELDS that they mean. `adjust` gets the columns of a row and its fields, and gives the
    fields as they are meant; `more` gives the fields of further ideas that a row of ideas tells of.
    """

    kinds: tuple[str, ...]
    known_by: frozenset[str] = frozenset()
    columns: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    any_of: tuple[frozenset[str], ...] = ()
    adjust: Callable[[Values, Values], Values] = lambda _values, found: found
    more: Callable[[Values], Iterator[Values]] = _nothing_more

    def fits(self, name: str, columns: frozenset[str]) -> bool:
        """Whether a table with this name and these columns is of this layout."""
        if self.any_of:
            return all(columns & each for each in self.any_of)
        return (bool(self.name) and name == self.name) or (bool(self.known_by) and self.known_by <= columns)


@dataclass(frozen=True)
class Preset:
    """A source: its kinds of tables, its words for statuses, how it writes dates, and what it is called by itself."""

    name: str
    layouts: tuple[Layout, ...]
    source: str = ""
    statuses: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    by_staff: bool = False
    merges: bool = False
    """Whether what it calls a duplicate was merged there, and counts with the original."""

    def layout_of(self, name: str, columns: frozenset[str], wished: Mapping[str, str]) -> Layout:
        """The layout that a table has; a column that was given a meaning counts as one of that name.

        Raises Unusable, saying what the source has, where it has none.
        """
        known = columns | {meant for column, meant in wished.items() if column in columns}
        for layout in self.layouts:
            if layout.fits(name, known):
                return layout
        there = "; or ".join(
            ", ".join(sorted(each.known_by) or [each.name or "a title"]) for each in self.layouts
        )
        raise Unusable(
            f"{name} is no table of {self.name}: none of its kinds has such columns. A table of {self.name} has {there}. "
            "Say what your columns mean with --map COLUMN=FIELD and --preset table."
        )


@dataclass(frozen=True)
class Wishes:
    """What whoever imports says: where it comes from, one board for all, what columns and statuses mean, how dates
    are written, whose currency amounts are in."""

    source: str = ""
    board: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    currency: str = "EUR"


def said(words: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Columns and statuses out of "COLUMN=FIELD" and "status:WORD=STATUS". Raises Unusable for anything else."""
    columns, statuses = dict[str, str](), dict[str, str]()
    for each in words:
        left, sign, right = each.rpartition("=")
        if not sign or not left.strip():
            raise Unusable(f"--map {each} cannot be read. Write COLUMN=FIELD, or status:WORD=STATUS.")
        if left.lower().startswith("status:"):
            statuses[plain_name(left.partition(":")[2])] = right.strip().lower()
        elif right.strip() and right.strip() not in FIELDS:
            raise Unusable(f"There is no field {right.strip()!r}. There are: {', '.join(FIELDS)}.")
        else:
            columns[plain_name(left)] = right.strip()
    return columns, statuses


def meanings(layout: Layout, wishes: Wishes, columns: frozenset[str]) -> dict[str, str]:
    """Column -> field for the columns of a table. Raises Unusable where a wish names a column that is not there."""
    kept = {column: meant for column, meant in layout.columns.items() if column in columns}
    wanted = {meant for column, meant in wishes.columns.items() if column in columns}
    kept = {column: meant for column, meant in kept.items() if meant not in wanted}
    found = kept | {column: meant for column, meant in wishes.columns.items() if column in columns}
    return {column: meant for column, meant in found.items() if meant}
