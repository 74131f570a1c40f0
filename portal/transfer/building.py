"""Building an export from what was chosen: its rows, its columns, what it leaves out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from portal.errors import Unusable
from portal.tables import Column
from portal.transfer.narrowing import Choice
from portal.transfer.rows.listing import BOTH, KINDS, ROWS, Kind
from portal.transfer.rows.meaning import Meant

FORMATS = ("csv", "xlsx", "json")
VOTERS = ("votes", "voters")
AUTHORS = {"created_by", "author_email", "idea_created_by", "idea_author_email", "ideaCreatorName"} | {
    "ideaCreatorEmailAddress"
}
OF_VOTERS = {
    "voter_id",
    "voter",
    "voter_email",
    "crm_contact_id",
    "on_behalf_of",
    "userName",
    "userEmailAddress",
}


@dataclass(frozen=True)
class Sheet:
    """A table of an export: its name, what stands above its columns, and its rows, which are read once."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Export:
    """What is taken out: one row for each of what, which columns (none: the usual ones), as which file.

    `rows` "both" is ideas and votes, two tables; its columns are those of the ideas. `impersonal` leaves out
    every column that says who somebody is.
    """

    rows: str = BOTH
    format: str = "xlsx"
    columns: tuple[str, ...] = ()
    impersonal: bool = False
    choice: Choice = field(default_factory=Choice)

    def check(self) -> None:
        """Raises Unusable for a format or kind of rows that is not there, or columns nobody ever heard of."""
        if self.format not in FORMATS or self.rows not in ROWS:
            raise Unusable(f"Files are {', '.join(FORMATS)}; there is one row for each of {', '.join(ROWS)}.")
        if self.missing():
            names = ", ".join(each.name for each in self._known[0])
            raise Unusable(f"There is no column {self.missing()[0]!r}. There are: {names}.")

    def kinds(self) -> list[Kind]:
        """The kinds of rows, one for each table."""
        return [KINDS["ideas"], KINDS["votes"]] if self.rows == BOTH else [KINDS[self.rows]]

    def missing(self) -> list[str]:
        """Columns that were chosen and are not there (any more)."""
        there = {each.name for each in self._known[0]}
        return [name for name in self.columns if name not in there]

    def named(self) -> list[tuple[Kind, list[Column]]]:
        """Each table with the columns that it has, in their order."""
        return [(kind, self._of(kind, place)) for place, kind in enumerate(self.kinds())]

    @cached_property
    def _known(self) -> list[list[Column]]:
        """All columns that each table could have; some are read from rows, once for an export."""
        return [kind.columns() for kind in self.kinds()]

    def _of(self, kind: Kind, place: int) -> list[Column]:
        there = {each.name: each for each in self._known[place]}
        chosen = self.columns if self.columns and place == 0 else kind.usual
        found = [there[name] for name in chosen if name in there]
        return [each for each in found if not (self.impersonal and each.personal)]

    def personal(self) -> tuple[str, ...]:
        """The names of the columns that say who somebody is."""
        every = [each.name for _, columns in self.named() for each in columns if each.personal]
        return tuple(dict.fromkeys(every))

    def whose(self) -> set[str]:
        """Whose personal data that is: of the "author" of each idea, of each "voter"; staff are not counted."""
        names = set(self.personal())
        of_votes = self.rows != "ideas" and names & OF_VOTERS
        return ({"author"} if names & AUTHORS else set()) | ({"voter"} if of_votes else set())

    def sheets(self, meant: Meant) -> Iterator[Sheet]:
        """The tables of this export."""
        for kind, columns in self.named():
            shown = [each for each in columns if meant.viewer.is_staff or not each.for_staff]
            rows = kind.rows(meant, [each.name for each in shown])
            yield Sheet(kind.name, [each.above for each in shown], rows)

    def words(self) -> dict[str, Any]:
        """As plain values, to be kept."""
        filters = self.choice.words()
        plain = {"rows": self.rows, "format": self.format, "columns": list(self.columns), "filters": filters}
        return plain | {"impersonal": self.impersonal}

    @classmethod
    def read(cls, words: dict[str, Any]) -> "Export":
        """From `words`."""
        return cls(
            rows=words["rows"],
            format=words["format"],
            columns=tuple(words["columns"]),
            impersonal=words["impersonal"],
            choice=Choice.read(words["filters"]),
        )
