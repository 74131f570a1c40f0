"""The usual two tables of an export of ideas: a row for each idea, and a row for each vote."""

from collections.abc import Iterator, Sequence
from typing import Any

from portal.accounts.models import Stranger
from portal.transfer.narrowing import Choice as Choice
from portal.transfer.rows import ideas, votes
from portal.transfer.rows.listing import IDEA_COLUMNS as IDEA_COLUMNS
from portal.transfer.rows.meaning import Meant

VOTE_COLUMNS = votes.USUAL


def idea_rows(ids: Sequence[int]) -> Iterator[list[Any]]:
    """A row of IDEA_COLUMNS for each idea."""
    return (cells for _, cells in ideas.cells(ids, IDEA_COLUMNS, Stranger()))


def vote_rows(ids: Sequence[int]) -> Iterator[list[Any]]:
    """A row of VOTE_COLUMNS for each vote that has a voter, in the order of the ideas."""
    return votes.rows(Meant(Choice(), Stranger()).of(ids), VOTE_COLUMNS)
