"""What the steps of one import share: the source, its people, the ideas that are here, and the report."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from portal import clock
from portal.database import db
from portal.ideas.merging.models import Merge
from portal.ideas.models import Idea
from portal.transfer import storing
from portal.transfer.reporting import Report
from portal.transfer.tables.adding_people import People
from portal.transfer.tables.checking import BadValue, Fields


@dataclass
class Taking:
    """One import. `answers` waits for the comments: they become candidates for the official answer."""

    source: str
    report: Report
    people: People
    began: datetime = field(default_factory=clock.now)
    table: str = ""
    fresh: set[str] = field(default_factory=set)
    counted: set[int] = field(default_factory=set)
    answers: list[tuple[str, Fields]] = field(default_factory=list)
    _ideas: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def refuse(self, where: str, reason: str) -> None:
        """A row of the table in hand is left out."""
        self.report.refuse(self.table, where, reason)

    def key_of(self, fields: Fields) -> str:
        """An id for a row that has none: the same row is the same idea the next time."""
        words = "\n".join(
            fields.text(name, 200_000) for name in ("title", "body", "author", "author_mail", "created_at")
        )
        return f"row:{sha256(words.encode()).hexdigest()[:40]}"

    def note_ideas_of(self, rows: "Rows") -> None:
        """The same for the ideas that these rows name."""
        named = set[str]()
        for _where, fields in rows:
            with suppress(BadValue):
                named.add(fields.key("idea", needed=False))
        self.note_ideas(named - {""})

    def idea_needed(self, fields: Fields) -> tuple[str, int]:
        """Key and id of the idea that a row names. Raises BadValue where there is none."""
        key = fields.key("idea", needed=False)
        if not key:
            raise BadValue("it names no idea")
        if key not in self._ideas:
            raise BadValue(f"the idea {key!r} is not there")
        return key, self._ideas[key][0]

    def note_ideas(self, keys: Iterable[str]) -> dict[str, int]:
        """Learn the ids of these ideas of the source; returns those that are here."""
        keys = set(keys)
        for batch in storing.batches(keys - self._ideas.keys()):
            rows = sa.select(Idea.source_id, Idea.id, Idea.created_at)
            found = rows.where(Idea.source_system == self.source, Idea.source_id.in_(batch))
            self._ideas |= {str(key): (idea_id, at) for key, idea_id, at in db.session.execute(found)}
        return {key: self._ideas[key][0] for key in keys if key in self._ideas}

    def idea_id(self, key: str) -> int | None:
        """The idea of the source with this id, if it is here; `note_ideas` was asked for it."""
        found = self._ideas.get(key)
        return found[0] if found else None

    def parted_or_merged(self, keys: Iterable[str]) -> set[str]:
        """Those of these ideas that were merged here before, whether they still are or not."""
        found = set[str]()
        for batch in storing.batches(keys):
            rows = sa.select(Idea.source_id).join(Merge, Merge.source_id == Idea.id)
            named = rows.where(Idea.source_system == self.source, Idea.source_id.in_(batch))
            found |= {str(key) for key in db.session.scalars(named)}
        return found

    def made_at(self, key: str) -> datetime:
        """When the idea was proposed."""
        return self._ideas[key][1]


Rows = Sequence[tuple[str, Fields]]
