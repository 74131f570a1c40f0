"""The import of tables as a whole: one transaction, a table after the other, in the order in which they need each other."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from portal.activity import journal
from portal.activity.events import ContentImported
from portal.errors import Unusable
from portal.transfer import storing
from portal.transfer.reporting import Report
from portal.transfer.tables.adding_comments import Comments
from portal.transfer.tables.adding_ideas import Ideas
from portal.transfer.tables.adding_people import Companies, People, name_of
from portal.transfer.tables.adding_votes import Votes
from portal.transfer.tables.checking import BadValue, Fields
from portal.transfer.tables.describing import Table
from portal.transfer.tables.mapping import Layout, Preset, Wishes, meanings
from portal.transfer.tables.placing import Places
from portal.transfer.tables.taking import Rows, Taking

ORDER = ("boards", "companies", "people", "ideas", "votes", "comments", "notes")


class Bringing:
    """An import of tables, put together; `run` does it in the open transaction, which the caller ends."""

    def __init__(self, tables: Sequence[Table], preset: Preset, wishes: Wishes) -> None:
        """Raises Unusable for a table that the preset does not know, and for wishes about columns of no table."""
        self.source = wishes.source or preset.source or preset.name
        self.preset = preset
        self.wishes = wishes
        self.layouts = [(each, preset.layout_of(each.name, each.columns, wishes.columns)) for each in tables]
        unknown = set(wishes.columns) - {column for each in tables for column in each.columns}
        if unknown:
            there = sorted({column for each in tables for column in each.columns if column})
            raise Unusable(f"There is no column {', '.join(sorted(unknown))}. There are: {', '.join(there)}.")
        self.report = Report(self.source)
        self.taking = Taking(self.source, self.report, People(self.source, self.report))
        self.companies = Companies(self.source, self.report, wishes.currency)
        self.places = Places(self.source, wishes.board, preset.statuses, wishes.statuses, self.report)
        self.ideas = Ideas(self.taking, self.places, merges=preset.merges)
        self.votes = Votes(self.taking, self.companies)
        self.comments = Comments(self.taking)

    @property
    def work(self) -> int:
        """How many bytes are read, all passes together."""
        return sum(table.size * len(layout.kinds) for table, layout in self.layouts)

    def run(self, advance: Callable[[int], object] = lambda _bytes: None, *, by: Any = None) -> Report:
        """Take every row that can be taken. Raises Unsafe for a file that turns out to be damaged."""
        for kind in ORDER:
            for table, layout in self.layouts:
                if kind in layout.kinds:
                    self.taking.table = table.name
                    self._pass(table, layout, kind, advance)
            if kind == "ideas":
                self.ideas.duplicates.finish()
        self.votes.finish()
        self.comments.take_answers()
        self.comments.finish()
        self.report.says += [table.says for table, _ in self.layouts if table.says]
        self.report.says += [
            f"{table.name} is known, and not taken." for table, layout in self.layouts if not layout.kinds
        ]
        if +self.report.taken or +self.report.changed:
            counts = {
                name: self.report.taken[name] + self.report.changed[name] for name in ("ideas", "comments")
            }
            actor = by.id if by else None
            told = ContentImported(
                actor_id=actor, source=self.source, ideas=counts["ideas"], topics=0, posts=counts["comments"]
            )
            journal.record(told)
        return self.report

    def _pass(self, table: Table, layout: Layout, kind: str, advance: Callable[[int], object]) -> None:
        first = kind == layout.kinds[0]
        for batch in storing.batches(self.rows(table, layout, kind, advance)):
            if first:
                self.report.read[" and ".join(layout.kinds)] += len(batch)
            self._take(kind, layout, [each for each in batch if not self._is_odd(each, first)])

    def rows(
        self, table: Table, layout: Layout, kind: str, advance: Callable[[int], object]
    ) -> Iterator[tuple[str, Fields]]:
        """The rows of a table as they are understood: where each stands, and its fields."""
        meant = meanings(layout, self.wishes, table.columns)
        called = {field: table.titles[column] for column, field in meant.items()}
        dates = self.wishes.dates or self.preset.dates
        for where, values in table.read(advance):
            found = layout.adjust(values, {field: values.get(column) for column, field in meant.items()})
            odd = {"": values[""]} if values.get("") else {}
            yield where, Fields(found | odd, called, dates)
            for more in layout.more(values) if kind == "ideas" else ():
                yield where, Fields(more, called, dates)

    def _is_odd(self, row: tuple[str, Fields], first: bool) -> bool:
        """Whether a row has more cells than the heading, so that nobody knows which cell belongs where."""
        where, fields = row
        if "" in fields and first:
            self.taking.refuse(where, f"the row has {fields.raw('')}")
        return "" in fields

    def _take(self, kind: str, layout: Layout, rows: Rows) -> None:
        if kind == "boards":
            self._take_boards(rows)
        elif kind == "companies":
            self._take_companies(rows)
        elif kind == "people":
            self._take_people(rows)
        elif kind == "ideas":
            self.ideas.take(rows, grouped="votes" in layout.kinds)
        elif kind == "votes":
            self.votes.take(rows, voters_may_be_missing="ideas" in layout.kinds)
        else:
            self.comments.take(rows, internal=kind == "notes")

    def _take_boards(self, rows: Rows) -> None:
        for where, fields in rows:
            try:
                fields.line("board", 60, needed=True)
                self.places.board_of(fields)
            except BadValue as error:
                self.taking.refuse(where, str(error))

    def _take_companies(self, rows: Rows) -> None:
        for where, fields in rows:
            try:
                name = fields.line("company", 120, needed=True)
                before = self.report.taken["companies"]
                self.companies.take(fields, name)
                self.report.known["companies"] += before == self.report.taken["companies"]
            except BadValue as error:
                self.taking.refuse(where, str(error))

    def _take_people(self, rows: Rows) -> None:
        found = []
        for where, fields in rows:
            try:
                who = fields.person()
                if not who.is_known:
                    raise BadValue("the person has neither a mail address nor an id")
                found.append((who, self.companies.id_of(fields), name_of(fields)))
            except BadValue as error:
                self.taking.refuse(where, str(error))
        new = self.taking.people.ids(who for who, _c, _n in found)
        changed = self.taking.people.place(found)
        self.report.changed["people"] += len(changed - new)
        self.report.known["people"] += len(
            {self.taking.people.id_of(who) for who, _c, _n in found} - new - changed
        )
