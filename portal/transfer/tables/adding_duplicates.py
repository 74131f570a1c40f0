"""Duplicates of a source: merged where it says that they were, else linked to the original."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.discussion.models import Link
from portal.ideas.merging.joining import bring
from portal.ideas.models import Idea
from portal.transfer import storing
from portal.transfer.tables.taking import Taking

TOGETHER = 100
"""How many duplicates of one original are merged at once."""


class Duplicates:
    """Which ideas are duplicates of which, by id of the source; taken when all ideas are here."""

    def __init__(self, taking: Taking, *, merges: bool) -> None:
        self._taking = taking
        self._merges = merges
        self._of: dict[str, tuple[str, datetime]] = {}

    def note(self, key: str, original: str, at: datetime) -> None:
        """An idea is a duplicate of another, which may not be here yet."""
        self._of[key] = original, at

    def finish(self) -> None:
        """Merge or link all; an end that is not there is reported. What cannot be merged, because it is hidden or
        stands in a circle, is linked."""
        there = []
        for key, (original, _at) in self._of.items():
            ends = self._taking.idea_id(key), self._taking.idea_id(self._chain(key)[-1])
            if ends[1] is None or ends[0] == ends[1]:
                self._taking.refuse(key, f"what it is a duplicate of ({original}) is not there")
            else:
                there.append(key)
        merged = self._merge(there) if self._merges else set[str]()
        rows = [self._link(key) for key in there if key not in merged]
        self._taking.report.taken["links"] += storing.add_new(Link, rows)

    def _merge(self, keys: list[str]) -> set[str]:
        """Those that are merged now, here or before. What others were merged into comes after them, so that each can be
        parted with those below it."""
        known, merged = set(self._taking.parted_or_merged(keys)), set[str]()
        for original, several in groupby(
            sorted(set(keys) - known, key=self._turn), lambda each: self._of[each][0]
        ):
            for batch in storing.batches(several, TOGETHER):
                merged |= self._bring(batch, original)
        self._taking.report.taken["merges"] += len(merged)
        self._forget_links(merged)
        return merged | known

    def _turn(self, key: str) -> tuple[int, str, str]:
        return -len(self._chain(key)), self._of[key][0], key

    def _bring(self, keys: Sequence[str], original: str) -> set[str]:
        """Those of these duplicates of one original that are merged now."""
        ids = {self._taking.idea_id(each): each for each in (*keys, original)}
        found = db.session.scalars(sa.select(Idea).where(Idea.id.in_([each for each in ids if each])))
        ideas = {ids[idea.id]: idea for idea in found}
        into, sources = ideas.get(original), [ideas[key] for key in keys if key in ideas and key != original]
        return {ids[idea.id] for idea in bring(sources, into)} if into is not None and sources else set()

    def _forget_links(self, keys: set[str]) -> None:
        """An import of earlier linked what is merged now."""
        for batch in storing.batches(f"duplicate:{key}" for key in keys):
            gone = sa.delete(Link).where(Link.source_system == self._taking.source, Link.source_id.in_(batch))
            db.session.execute(gone, execution_options={"synchronize_session": False})

    def _link(self, key: str) -> dict[str, Any]:
        ends = {
            "from_idea_id": self._taking.idea_id(key),
            "to_idea_id": self._taking.idea_id(self._chain(key)[-1]),
        }
        named = {"source_system": self._taking.source, "source_id": f"duplicate:{key}"}
        return {"kind": "duplicate", "created_at": self._of[key][1], **ends, **named}

    def _chain(self, start: str) -> list[str]:
        """The originals of an idea, one after the other; a circle ends before it closes."""
        seen, found = {start}, [self._of[start][0]]
        while found[-1] in self._of and found[-1] not in seen and self._of[found[-1]][0] not in seen:
            seen.add(found[-1])
            found.append(self._of[found[-1]][0])
        return found
