"""Pairing: what is new is noted with the journal, looked for by the worker, and decided by staff."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeaMerged, IdeaParted, PairDismissed, PairSuggestedAgain
from portal.activity.models import Entry
from portal.database import db, insert_missing
from portal.ideas.merging.joining import merge, must_merge
from portal.ideas.merging.models import Merge
from portal.search import resembling
from portal.search.index import Index
from portal.search.pairs import queries
from portal.search.pairs.models import Pair, Unpaired

NEAR = 5
"""So many that resemble an idea are looked at."""
OF_AN_IMPORT = 500
"""Of an import the newest are looked for: whoever imports more has merged there."""
NOTED = ("idea_submitted", "idea_edited")
DECIDED = {IdeaMerged.kind: ("merged", "into_id"), IdeaParted.kind: ("dismissed", "from_id")}


class PairReader:
    """Notes ideas for which the worker shall look, and what staff said of a pair elsewhere: by merging and parting."""

    name = "pairs"

    def read(self, entries: Sequence[Entry]) -> None:
        ids = {entry.data["idea_id"] for entry in entries if entry.kind in NOTED}
        for source in {entry.data["source"] for entry in entries if entry.kind == "content_imported"}:
            ids |= set(queries.newest_of(source, OF_AN_IMPORT))
        insert_missing(Unpaired, [{"idea_id": each} for each in sorted(_still_there(ids))])
        for entry in entries:
            if entry.kind in DECIDED:
                _follow(entry)


def _follow(entry: Entry) -> None:
    """Those that were merged are one; those that were parted are two, and nobody is asked about them again."""
    outcome, field = DECIDED[entry.kind]
    mine = {"outcome": outcome, "decided_at": entry.at, "decided_by_id": entry.actor_id}
    for one_id, other_id in sorted({(entry.data["idea_id"], entry.data[field]), *_merged_by(entry)}):
        row = {"one_id": min(one_id, other_id), "other_id": max(one_id, other_id)}
        insert_missing(Pair, [row | {"covers": 0.0, "found_at": entry.at} | mine])
        older = sa.or_(Pair.decided_at.is_(None), Pair.decided_at < entry.at)
        db.session.execute(sa.update(Pair).filter_by(**row).where(older).values(mine))


def _merged_by(entry: Entry) -> Sequence[tuple[int, int]]:
    """The idea that was chosen when one was merged that is parted now: another may count for that by now."""
    ended = sa.select(Merge.source_id, Merge.target_id).where(Merge.source_id == entry.data["idea_id"])
    if entry.kind != IdeaParted.kind:
        return ()
    # Only the last: of those that were parted before staff may have said something else since.
    last = ended.where(Merge.undone_at <= entry.at).order_by(Merge.undone_at.desc(), Merge.id.desc()).limit(1)
    rows = db.session.execute(last)
    return [(source, target) for source, target in rows]


def near(index: Index, idea_id: int, title: str) -> dict[int, float]:
    """Ideas that say just what this one says, and how much of its title each covers. Raises NoIndex."""
    if not title:
        return {}
    hits = index.similar(title, kinds=("idea",), limit=NEAR)
    return {hit.id: hit.covers for hit in hits if hit.id != idea_id and hit.covers >= resembling.LIKELY}


def keep(idea_id: int, found: dict[int, float]) -> int:
    """Keep the pairs that were found for an idea, none twice, and look for it no more. Returns how many are new."""
    there = _still_there(found)
    rows = [
        {"one_id": min(idea_id, each), "other_id": max(idea_id, each), "covers": min(found[each], 1.0)}
        for each in there
    ]
    now = clock.now()
    new = insert_missing(Pair, [row | {"found_at": now} for row in rows])
    db.session.execute(sa.delete(Unpaired).where(Unpaired.idea_id == idea_id))
    return new


def _still_there(ids: Collection[int]) -> list[int]:
    # The index may be a moment behind the rows, and the journal names what is not there any more.
    model = Pair.one.property.mapper.class_
    return list(db.session.scalars(sa.select(model.id).where(model.id.in_(ids)))) if ids else []


def dismiss(pair: Pair, *, by: Person) -> bool:
    """The two are not the same, for good. False when that was decided. Raises NotAllowed unless `by` merges."""
    must_merge(by)
    if not _decide(pair, by, "dismissed"):
        return False
    journal.record(PairDismissed(actor_id=by.id, one_id=pair.one_id, other_id=pair.other_id))
    return True


def suggest_again(pair: Pair, *, by: Person) -> bool:
    """Have the two suggested as before. False when they are. Raises NotAllowed unless `by` merges."""
    must_merge(by)
    dismissed = sa.update(Pair).where(Pair.id == pair.id, Pair.outcome == "dismissed")
    nothing = {"outcome": None, "decided_at": None, "decided_by_id": None}
    if not db.session.execute(dismissed.values(nothing)).rowcount:  # type: ignore[attr-defined]
        return False
    journal.record(PairSuggestedAgain(actor_id=by.id, one_id=pair.one_id, other_id=pair.other_id))
    return True


def accept(pair: Pair, *, by: Person) -> bool:
    """Merge the idea of a pair that fewer want into the other. False when that was decided."""
    must_merge(by)
    if not _decide(pair, by, "merged"):
        return False
    few, many = pair.ordered
    return merge(few, many, by=by)


def _decide(pair: Pair, by: Person, outcome: str) -> bool:
    """Unless somebody else was faster."""
    mine = {"outcome": outcome, "decided_at": clock.now(), "decided_by_id": by.id}
    undecided = sa.update(Pair).where(Pair.id == pair.id, Pair.outcome.is_(None)).values(**mine)
    done = db.session.execute(undecided.returning(Pair.id), execution_options={"synchronize_session": False})
    return done.first() is not None
