"""Testing a rule against history: of whom it would have spoken in the last days, in batches that stay small.

People and accounts are judged as they are known today, and what is hidden today counts as if it never was.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity.models import Entry
from portal.crm_bridge.rules import happening, matching
from portal.crm_bridge.rules.defining import Definition
from portal.crm_bridge.rules.happening import Happening
from portal.crm_bridge.rules.knowing import know
from portal.crm_bridge.rules.models import CrmRule, CrmRuleTest, When
from portal.database import db

LOOKS_BACK = timedelta(days=30)
BATCH = 500
MOST = 20_000
"""At so many entries of the journal one test looks; it says when there were more."""
EXAMPLES = 20


def test(rule: CrmRule, *, by: Person) -> CrmRuleTest:
    """Write down how often the rule as it is now would have fired, and the newest examples."""
    said, since = Definition.read(rule.definition), clock.now() - LOOKS_BACK
    made = CrmRuleTest(rule_id=rule.id, version=rule.version, by_id=by.id, at=clock.now(), since=since)
    made.looked_at, made.whole, made.examples, seen = 0, True, [], set[tuple[str, str]]()
    for looked, whole, happened in _history(said, since):
        made.looked_at, made.whole = made.looked_at + looked, whole
        known = know(happened)
        for one in happened:
            for subject in matching.subjects(said, one, known):
                if (subject.name, one.event) not in seen:
                    seen.add((subject.name, one.event))
                    made.examples += [_example(one, subject)] if len(made.examples) < EXAMPLES else []
    made.fired = len(seen)
    db.session.add(made)
    db.session.flush()
    return made


def _example(one: Happening, subject: matching.Subject) -> dict[str, Any]:
    about = {name: getattr(one, name) for name in ("idea_id", "topic_id", "post_id")}
    whose = {"person_id": subject.person_id, "company_id": subject.company_id, "subject": subject.name}
    return {"at": one.at.isoformat(), **about, **whose}


def _history(said: Definition, since: datetime) -> Iterator[tuple[int, bool, list[Happening]]]:
    """What happened since then, the newest first: at how much was looked, whether that is all, and what it was."""
    if said.when == When.UNANSWERED:
        waits, looked = happening.unanswered(said.hours or 1, since, clock.now(), MOST)
        yield looked, looked < MOST, waits
        return
    points: dict[int, int] = {}
    for looked, entries, whole in _batches(since):
        happened = [one for one in happening.happenings(entries) if one.when == said.when]
        if said.when == When.REACHED:
            points = happening.points_of(entries) | points
            happened = list(happening.crossings(entries, points))
        yield looked, whole, happened


def _batches(since: datetime) -> Iterator[tuple[int, Sequence[Entry], bool]]:
    """Entries since then, the newest first, up to MOST of them, in batches."""
    before: int | None = None
    for left in range(MOST, 0, -BATCH):
        newest = sa.select(Entry).order_by(Entry.id.desc()).limit(BATCH)
        rows = db.session.scalars(newest.where(Entry.id < before) if before else newest).all()
        entries = [entry for entry in rows if since <= entry.at <= clock.now()]
        is_last = len(rows) < BATCH or rows[-1].at < since
        yield len(entries), entries, is_last or left > BATCH
        if is_last:
            return
        before = rows[-1].id
        for entry in rows:
            db.session.expunge(entry)


class Example:
    """What a test kept of one firing that would have been, in the shape in which pages read firings."""

    def __init__(self, number: int, kept: dict[str, Any]) -> None:
        self.id = number
        self.happened_at = datetime.fromisoformat(kept["at"])
        self.idea_id, self.topic_id, self.post_id = kept["idea_id"], kept["topic_id"], kept["post_id"]
        self.person_id, self.company_id, self.subject = kept["person_id"], kept["company_id"], kept["subject"]
