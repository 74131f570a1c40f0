"""What is happening here, as rules see it: entries of the journal, and questions that nobody answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import events
from portal.activity.models import Entry
from portal.crm_bridge.rules.models import When
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Topic

ONCE = "once"
"""The event of what a rule says of a person only once."""

WHENS: Mapping[str, tuple[When, ...]] = {
    events.TopicStarted.kind: (When.ASKED, When.WRITTEN),
    events.IdeaSubmitted.kind: (When.SUBMITTED, When.WRITTEN),
    events.PostWritten.kind: (When.WRITTEN,),
    events.VoteCast.kind: (When.VOTED,),
    events.StatusChanged.kind: (When.MOVED,),
    events.AnswerAccepted.kind: (When.ACCEPTED,),
}

QUESTIONS = sa.select(Topic.id, Topic.author_id, Topic.created_at).where(
    Topic.kind == "question",
    Topic.author_id.is_not(None),
    Topic.hidden_at.is_(None),
    Topic.source_system.is_(None),
)
"""Those of which a rule may say that nobody answers."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something of which rules may speak: by or of whom, about which idea or question, in which post.

    `to` is the new status; `points` are those before and after. `back_at`: when it came back into sight after it had
    been hidden.
    """

    when: When
    event: str
    at: datetime
    person_id: int | None = None
    idea_id: int | None = None
    topic_id: int | None = None
    post_id: int | None = None
    to: str = ""
    points: tuple[int, int] = (0, 0)
    back_at: datetime | None = None

    @property
    def judged_at(self) -> datetime:
        """As of when conditions are asked."""
        return self.back_at or self.at


def happenings(entries: Iterable[Entry]) -> Iterator[Happening]:
    """What entries of the journal tell, points left out. A vote against an idea is no vote for it."""
    for entry in entries:
        for when in WHENS.get(entry.kind, ()):
            if when is not When.VOTED or entry.data.get("value") == 1:
                yield _of(entry, when)


def _of(entry: Entry, when: When) -> Happening:
    data: Mapping[str, Any] = entry.data
    return Happening(
        when,
        f"entry:{entry.id}",
        entry.at,
        data["author_id"] if when is When.ACCEPTED else entry.actor_id,
        data.get("idea_id"),
        data.get("topic_id"),
        data.get("post_id"),
        str(data.get("new", "")),
    )


def crossings(newest_first: Iterable[Entry], points: dict[int, int]) -> Iterator[Happening]:
    """Every change of somebody's points with the number before and after. `points` are those after the first of these
    entries; it is changed on the way."""
    for entry in newest_first:
        if entry.kind == events.ReputationChanged.kind:
            person_id, after = entry.data["person_id"], points.get(entry.data["person_id"], 0)
            points[person_id] = before = after - entry.data["points"]
            yield Happening(When.REACHED, ONCE, entry.at, person_id, points=(before, after))


def points_of(entries: Iterable[Entry]) -> dict[int, int]:
    """The points that these entries speak of, as they are now."""
    ids = {entry.data["person_id"] for entry in entries if entry.kind == events.ReputationChanged.kind}
    rows = db.session.execute(sa.select(Person.id, Person.reputation).where(Person.id.in_(ids)))
    return {row.id: row.reputation for row in rows}


def changes_since(entry_id: int) -> Sequence[Entry]:
    """All changes of points from an entry on, the newest first: as many as a reader is behind."""
    since = sa.select(Entry).where(Entry.id >= entry_id, Entry.kind == events.ReputationChanged.kind)
    return db.session.scalars(since.order_by(Entry.id.desc())).all()


def unanswered(hours: int, due_from: datetime, due_to: datetime, limit: int) -> tuple[list[Happening], int]:
    """Questions that had no answer when so many hours were over, at a moment from `due_from` up to `due_to`; and at how
    many was looked. What somebody hid, and who has no account here, is left out."""
    wait = timedelta(hours=hours)
    asked = QUESTIONS.where(Topic.created_at >= due_from - wait, Topic.created_at <= due_to - wait)
    rows = db.session.execute(asked.order_by(Topic.created_at.desc(), Topic.id.desc()).limit(limit)).all()
    first = first_answers([row.id for row in rows])
    late = [row for row in rows if row.id not in first or first[row.id] > row.created_at + wait]
    return [waits(row, hours) for row in late], len(rows)


def waits(row: Any, hours: int) -> Happening:
    """That a question, a row of QUESTIONS, had no answer when so many hours were over."""
    event, at = f"topic:{row.id}:{hours}h", row.created_at + timedelta(hours=hours)
    return Happening(When.UNANSWERED, event, at, row.author_id, topic_id=row.id)


def first_answers(topics: Sequence[int]) -> dict[int, datetime]:
    """Question -> when its first answer that may be read was written."""
    answers = sa.select(Post.topic_id, sa.func.min(Post.created_at)).where(
        Post.topic_id.in_(topics), Post.parent_id.is_(None), Post.aside.is_(False), Post.hidden_at.is_(None)
    )
    return {int(row[0] or 0): row[1] for row in db.session.execute(answers.group_by(Post.topic_id))}
