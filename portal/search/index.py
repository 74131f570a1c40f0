"""The index behind our own interface: documents in, hits out. Another engine would stand behind the same names.

The folder holds one index in a folder of its own, whose name is in the file `current`. A rebuild fills another
folder and then moves the name, so that a search sees the old index or the new one. One process writes at a time.
"""

import os
import pickle
import secrets
import shutil
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh import scoring
from whoosh.collectors import TimeLimit
from whoosh.query import Query, Term
from whoosh.searching import Searcher

from portal.ideas.seeing import Walls
from portal.search import matching, resembling
from portal.search.analyzing import VERSION
from portal.search.asking import Question
from portal.search.filling import Batch, schema
from portal.search.matching import KINDS, NO_WALLS

MEGABYTES = 64
DAMAGE = (
    OSError,
    EOFError,
    LookupError,
    NameError,
    ValueError,
    AssertionError,
    struct.error,
    zlib.error,
    pickle.UnpicklingError,
    whoosh_index.IndexError,
)
"""What Whoosh raises over files that are gone, cut off or overwritten."""
WEIGHTING = scoring.BM25F(title_B=0.4)


class NoIndex(Exception):
    """There is no index, or it cannot be read. The worker makes it anew."""


@dataclass(frozen=True)
class Hit:
    """A document that was found. `text` is as it was read when the row bore `stamp`.

    `covers`: of a title that is being typed, how much of it this one says (0 to 1).
    """

    kind: str
    id: int
    text: str
    stamp: str
    covers: float = 0.0


@dataclass(frozen=True)
class Found:
    """Hits, best first. `partial`: the time was up. `loosened`: no document held every word."""

    hits: Sequence[Hit] = ()
    partial: bool = False
    loosened: bool = False


class Index:
    """The index of one portal. Searching is safe from many threads and processes, writing from one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine = threading.local()

    @contextmanager
    def writing(self) -> Iterator[Batch]:
        """Change the index; the changes are there after the block, or not at all if it fails.

        Raises NoIndex without one, and LockError of Whoosh while somebody else writes.
        """
        with self._in(self._place()) as batch:
            yield batch

    @contextmanager
    def replacing(self) -> Iterator[Batch]:
        """Fill a new index, which takes the place of the old one after the block."""
        place = self._folder / f"v{VERSION}-{secrets.token_hex(4)}"
        place.mkdir(parents=True)
        try:
            whoosh_index.create_in(place, schema())
            with self._in(place) as batch:
                yield batch
            self._install(place)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise

    def is_sound(self) -> bool:
        """Whether there is an index of this version, it opens, and no search stumbled over it."""
        try:
            with self._searcher() as searcher:
                searcher.doc_count()
            return not self._doubt.exists()
        except NoIndex:
            return False

    def is_there(self) -> bool:
        """Whether an index was made once, sound or not."""
        return (self._folder / "current").exists()

    def doubt(self) -> None:
        """A search stumbled over damage: the worker shall make the index anew."""
        with suppress(OSError):
            self._doubt.touch()

    def search(
        self,
        question: Question,
        *,
        kinds: Sequence[str] = KINDS,
        limit: int = 20,
        seconds: float = 1.0,
        walls: Walls = NO_WALLS,
    ) -> Found:
        """The best documents with every word of the question, else with some. Raises NoIndex."""
        if not question:
            return Found()
        with self._searcher() as searcher:
            query = matching.within(walls, matching.strict(question, kinds, searcher))
            found = _collect(searcher, query, limit, seconds)
            if found.hits or found.partial or len(question.all_terms) < 2:
                return found
            query = matching.within(walls, matching.loose(question, kinds, searcher))
            some = _collect(searcher, query, limit, seconds)
            return Found(some.hits, some.partial, loosened=True)

    def similar(
        self, title: str, *, kinds: Sequence[str], limit: int, walls: Walls = NO_WALLS
    ) -> Sequence[Hit]:
        """Documents whose titles resemble one that is being typed, the nearest first. Raises NoIndex."""
        hits: list[Hit] = []
        with self._searcher() as searcher:
            for each in resembling.near(searcher, title, matching.behind(walls)):
                stored = searcher.stored_fields(each.number)
                kind, _, number = stored["key"].partition(":")
                if kind in kinds:
                    hits.append(Hit(kind, int(number), stored["text"], stored["stamp"], each.covers))
                if len(hits) == limit:
                    break
        return hits

    def counts(self) -> dict[str, int]:
        """How many documents of each kind there are. Raises NoIndex."""
        with self._searcher() as searcher:
            return {kind: sum(1 for _ in searcher.docs_for_query(Term("kind", kind))) for kind in KINDS}

    def size(self) -> int:
        """Bytes on disk. Raises NoIndex."""
        return sum(file.stat().st_size for file in self._place().iterdir() if file.is_file())

    @property
    def _doubt(self) -> Path:
        return self._folder / "doubt"

    def _place(self) -> Path:
        try:
            name = (self._folder / "current").read_text()
        except FileNotFoundError:
            raise NoIndex("There is no index yet.") from None
        if not name.startswith(f"v{VERSION}-"):
            raise NoIndex("The index is of another version.")
        return self._folder / name

    def _install(self, place: Path) -> None:
        draft = self._folder / "current.new"
        draft.write_text(place.name)
        os.replace(draft, self._folder / "current")
        self._doubt.unlink(missing_ok=True)
        for old in self._folder.glob("v*-*"):
            if old != place:
                shutil.rmtree(old, ignore_errors=True)

    @contextmanager
    def _in(self, place: Path) -> Iterator[Batch]:
        """A batch for the index at a place. Only what Whoosh itself trips over counts as damage."""
        with self._watched(place):
            writer = whoosh_index.open_dir(place).writer(limitmb=MEGABYTES)
        try:
            yield Batch(writer)
        except BaseException:
            writer.cancel()
            raise
        with self._watched(place):
            writer.commit()

    @contextmanager
    def _searcher(self) -> Iterator[Searcher]:
        """The searcher of this thread, up to date."""
        place = self._place()
        with self._watched(place):
            if getattr(self._mine, "place", None) != place:
                self._mine.searcher = whoosh_index.open_dir(place).searcher(weighting=WEIGHTING)
                self._mine.place = place
            self._mine.searcher = self._mine.searcher.refresh()
            yield self._mine.searcher

    @contextmanager
    def _watched(self, place: Path) -> Iterator[None]:
        """What goes wrong inside becomes NoIndex, and damage a doubt that the worker acts upon."""
        try:
            yield
        except DAMAGE as damage:
            self._mine.place = None
            # A file that is gone because a rebuild just took the place of the index is no damage.
            if self._place() == place and not isinstance(damage, PermissionError):
                self.doubt()
            raise NoIndex(f"The index cannot be read: {damage!r}") from damage


def _collect(searcher: Searcher, query: Query, limit: int, seconds: float) -> Found:
    collector = searcher.collector(limit=limit)
    within = matching.Within(collector, seconds)
    partial = False
    try:
        searcher.search_with_collector(query, within)
    except TimeLimit:
        partial = True
    return Found([_hit(each) for each in within.results()], partial)


def _hit(result: Any) -> Hit:
    kind, _, number = result["key"].partition(":")
    return Hit(kind, int(number), result["text"], result["stamp"])
