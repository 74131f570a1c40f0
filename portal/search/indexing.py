"""The reader that keeps the index in step: entries say which things to look at, the rows say how they are now.

What nobody hid is put into the index, all else is taken out (who sees which board is asked when searching), so that reading an entry twice, late or
after others ends in the same index.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from portal.activity.models import Entry
from portal.activity.queries import START, newest
from portal.moderation.subjects import model_of
from portal.search import queries
from portal.search.filling import Batch
from portal.search.index import Index
from portal.search.matching import KINDS

log = logging.getLogger(__name__)

OF_ONE = {
    "idea_submitted": "idea",
    "idea_edited": "idea",
    "official_answer_given": "idea",
    "idea_merged": "idea",
    "idea_parted": "idea",
    "topic_started": "topic",
    "topic_edited": "topic",
    "post_written": "post",
    "post_edited": "post",
}
"""Events that touch the text of one thing, and its kind."""


@dataclass
class Touched:
    """What some entries may have changed. Sets: a thing named by many entries is looked at once."""

    things: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    subjects: set[tuple[str, int]] = field(default_factory=set)
    authors: set[int] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)

    def note(self, entry: Entry) -> None:
        """Take in one entry; most kinds touch nothing that is searched."""
        data = entry.data
        if kind := OF_ONE.get(entry.kind):
            self.things[kind].add(data[f"{kind}_id"])
        elif entry.kind in {"content_hidden", "content_restored"}:
            self.things[data["subject"]].add(data["subject_id"])
            self.subjects.add((data["subject"], data["subject_id"]))
        elif entry.kind == "idea_moved":
            # Who sees its comments depends on the board, too.
            self.things["idea"].add(data["idea_id"])
            self.subjects.add(("idea", data["idea_id"]))
        elif entry.kind in {"person_changed", "person_erased"}:
            self.authors.add(data["person_id"])
        elif entry.kind == "content_imported":
            self.sources.add(data["source"])

    def __bool__(self) -> bool:
        return bool(self.subjects or self.authors or self.sources or any(self.things.values()))

    def chunks(self) -> Iterator[tuple[str, Sequence[int]]]:
        """Kinds and ids to look at, a bounded number at a time."""
        for kind, ids in self.things.items():
            if ids:
                yield kind, sorted(ids)
        for subject in self.subjects:
            yield from (("post", ids) for ids in queries.chunks("post", queries.under(*subject)))
        for kind in KINDS:
            model = model_of(kind)
            for author in self.authors:
                yield from ((kind, ids) for ids in queries.chunks(kind, model.author_id == author))
            for source in self.sources:
                # A whole portal came from no other source.
                of_source = [model.source_system == source] if source else []
                yield from ((kind, ids) for ids in queries.chunks(kind, *of_source))


class Indexing:
    """Follows the journal for the index. `index` finds that of the portal at work."""

    name = "search"
    elsewhere = True

    def __init__(self, index: Callable[[], Index]) -> None:
        self._index = index
        self._made_at = (START, 0)

    def prepare(self) -> None:
        """Make the index anew when there is none or it is damaged."""
        index = self._index()
        if not index.is_sound():
            level = logging.WARNING if index.is_there() else logging.INFO
            log.log(level, "No search index that can be used: making it anew from the rows")
            self._made_at = newest()
            looked_at = sum(rebuild(index))
            log.log(level, "The search index is made: %s ideas, topics and posts were looked at", looked_at)

    def read(self, entries: Sequence[Entry]) -> None:
        """Bring the index in step with what the entries touched; it is on disk when this returns."""
        touched = Touched()
        for entry in entries:
            # What was recorded before the rows were read for a new index is in it.
            if (entry.xid, entry.id) > self._made_at:
                touched.note(entry)
        if not touched:
            return
        with self._index().writing() as batch:
            for kind, ids in touched.chunks():
                _look_at(batch, kind, ids)


def rebuild(index: Index) -> Iterator[int]:
    """Fill a new index from all rows; yields how many were looked at with each step. Then it takes its place."""
    with index.replacing() as batch:
        for kind in KINDS:
            for ids in queries.chunks(kind):
                _look_at(batch, kind, ids)
                yield len(ids)


def _look_at(batch: Batch, kind: str, ids: Sequence[int]) -> None:
    found = queries.documents(kind, ids)
    for document in found:
        batch.update(document)
    for thing_id in set(ids) - {document.id for document in found}:
        batch.delete(kind, thing_id)
