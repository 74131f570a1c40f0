"""The queue and the log."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.discussion.models import Contribution, Post
from portal.discussion.subjects import KINDS
from portal.moderation.models import Flag, ModerationAct
from portal.moderation.subjects import model_of, visible
from portal.paging import Keyset, Page

PAGE = 20
NEWEST: Keyset[ModerationAct] = Keyset((ModerationAct.at, ModerationAct.id))
NAMES = ("idea", "topic", "post")


@dataclass(frozen=True)
class Case:
    """One thing that waits for a moderator, with everything needed to decide. `subject` is what a post stands under."""

    name: str
    thing: Any
    subject: Any
    flags: Sequence[Flag]

    @property
    def id(self) -> int:
        return int(self.thing.id)


@dataclass(frozen=True)
class Queue:
    """A page of cases, longest waiting first; `after` finds the next page."""

    cases: Sequence[Case]
    after: int | None


def queue(viewer: Viewer, after: int = 0) -> Queue:
    """The cases whose oldest open flag has an id above `after`. Eight queries, whatever waits."""
    columns = (Flag.idea_id, Flag.topic_id, Flag.post_id)
    oldest = sa.func.min(Flag.id)
    waiting = (
        sa.select(*columns, oldest)
        .where(Flag.outcome.is_(None))
        .group_by(*columns)
        .having(oldest > after)
        .order_by(oldest)
        .limit(PAGE + 1)
    )
    keys = db.session.execute(waiting).all()
    page = keys[:PAGE]
    cases = _cases(viewer, [_key(row) for row in page])
    return Queue(cases, page[-1][3] if len(keys) > PAGE else None)


def case(viewer: Viewer, name: str, thing_id: int) -> Case | None:
    """One case by itself (its flags may all be judged); None when the thing is not visible."""
    return next(iter(_cases(viewer, [(name, thing_id)])), None)


def open_flags() -> int:
    """How many things wait, up to 100."""
    things = sa.select(Flag.idea_id, Flag.topic_id, Flag.post_id).where(Flag.outcome.is_(None)).distinct()
    return db.session.scalar(sa.select(sa.func.count()).select_from(things.limit(100).subquery())) or 0


def log(cursor: str | None) -> Page[ModerationAct]:
    """A page of the log, newest first."""
    lines = sa.select(ModerationAct).options(joinedload(ModerationAct.moderator))
    return NEWEST.page(lambda rows: db.session.scalars(rows).all(), lines, cursor=cursor, size=50)


def _key(row: Any) -> tuple[str, int]:
    return next((name, key) for name, key in zip(NAMES, row, strict=False) if key is not None)


def _cases(viewer: Viewer, keys: Sequence[tuple[str, int]]) -> list[Case]:
    things = {
        (name, thing.id): thing
        for name in NAMES
        for thing in _load(viewer, name, [key for kind, key in keys if kind == name])
    }
    posts = [each for each in things.values() if isinstance(each, Post)]
    subjects = {
        (name, each.id): each
        for name in KINDS
        for each in _load(viewer, name, [getattr(each, f"{name}_id") for each in posts])
    }
    flags = _flags(keys)
    return [
        Case(key[0], things[key], subjects.get(_subject_key(things[key])), flags[key])
        for key in keys
        if key in things
    ]


def _subject_key(thing: Contribution) -> tuple[str, int | None]:
    if not isinstance(thing, Post):
        return "", None
    return ("idea", thing.idea_id) if thing.idea_id else ("topic", thing.topic_id)


def _load(viewer: Viewer, name: str, ids: Sequence[int | None]) -> Sequence[Any]:
    ids = [each for each in ids if each is not None]
    rows = visible(viewer, name)
    if not ids or rows is None:
        return ()
    return db.session.scalars(rows.where(model_of(name).id.in_(ids))).all()


def _flags(keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], list[Flag]]:
    found: dict[tuple[str, int], list[Flag]] = defaultdict(list)
    if keys:
        among = [sa.and_(getattr(Flag, f"{n}_id").in_([k for m, k in keys if m == n])) for n in NAMES]
        flags = sa.select(Flag).where(Flag.outcome.is_(None), sa.or_(*among))
        flags = flags.options(joinedload(Flag.person).joinedload(Person.company)).order_by(Flag.id)
        for flag in db.session.scalars(flags):
            found[_key((flag.idea_id, flag.topic_id, flag.post_id))].append(flag)
    return found
