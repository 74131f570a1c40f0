"""Every read of the changelog."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Viewer
from portal.database import db
from portal.errors import NotFound
from portal.ideas import queries as ideas_queries
from portal.ideas import seeing
from portal.ideas.changelog.models import (
    BUILT_IN,
    ChangelogEntry,
    ChangelogFollow,
    ChangelogIdea,
    ChangelogKind,
    ChangelogLabel,
    Stage,
)
from portal.ideas.models import Idea
from portal.ideas.statuses.queries import is_complete
from portal.paging import Keyset

NEWEST: Keyset[ChangelogEntry] = Keyset((ChangelogEntry.published_at, ChangelogEntry.id))
SUGGESTED = 10
GONE = "There is no such entry, or it is not for everybody. If it should be yours to see, sign in."


@dataclass(frozen=True)
class Told:
    """The entry that tells of an idea, as its page names it."""

    id: int
    title: str
    at: datetime

    @property
    def slug_source(self) -> str:
        return self.title


def visible_to(viewer: Viewer) -> sa.Select[ChangelogEntry]:
    """Entries that this viewer may read: the one visibility rule of what is published."""
    published = ChangelogEntry.stage == Stage.PUBLISHED
    return sa.select(ChangelogEntry).where(published, seeing.open_to(viewer, ChangelogEntry))


def is_read_by(viewer: Viewer) -> sa.ColumnElement[bool]:
    """What must hold for a row of ChangelogEntry so that the viewer reads it, published or not."""
    rule = visible_to(viewer).whereclause
    return sa.true() if viewer.may("decide") or rule is None else rule


def narrowed(
    entries: sa.Select[ChangelogEntry], viewer: Viewer, kind: str = "", board: int | None = None
) -> sa.Select[ChangelogEntry]:
    """Those of a kind, and those that tell of an idea of a board that the viewer may know about."""
    if kind:
        of_kind = sa.select(ChangelogLabel.entry_id).where(ChangelogLabel.kind == kind)
        entries = entries.where(ChangelogEntry.id.in_(of_kind))
    if board is not None:
        seen = ideas_queries.visible_to(viewer).where(Idea.board_id == board, Idea.hidden_at.is_(None))
        telling = sa.select(ChangelogIdea.entry_id).where(
            ChangelogIdea.idea_id.in_(seen.with_only_columns(Idea.id))
        )
        entries = entries.where(ChangelogEntry.id.in_(telling))
    return entries


def read(entries: sa.Select[Any]) -> Sequence[ChangelogEntry]:
    """Run a select of entries."""
    return db.session.scalars(entries).all()


def find(entry_id: int, viewer: Viewer) -> ChangelogEntry:
    """An entry that was published, also one that was withdrawn since; for who decides, any. Raises NotFound."""
    one = sa.select(ChangelogEntry).where(ChangelogEntry.id == entry_id)
    if not viewer.may("decide"):
        was = ChangelogEntry.stage.in_((Stage.PUBLISHED, Stage.WITHDRAWN))
        one = one.where(was, seeing.open_to(viewer, ChangelogEntry))
    entry = db.session.scalar(one)
    if entry is None:
        raise NotFound(GONE)
    return entry


def unfinished() -> Sequence[ChangelogEntry]:
    """Drafts and what is scheduled, for those who write: what comes next first, then the newest."""
    waiting = sa.select(ChangelogEntry).where(ChangelogEntry.stage.in_((Stage.DRAFT, Stage.SCHEDULED)))
    order = (ChangelogEntry.publish_at.is_(None), ChangelogEntry.publish_at, ChangelogEntry.id.desc())
    return db.session.scalars(waiting.order_by(*order).limit(200)).all()


def due() -> Sequence[int]:
    """The ids of entries whose time has come, the oldest first."""
    waiting = sa.select(ChangelogEntry.id).where(
        ChangelogEntry.stage == Stage.SCHEDULED, ChangelogEntry.publish_at <= clock.now()
    )
    return db.session.scalars(waiting.order_by(ChangelogEntry.publish_at, ChangelogEntry.id)).all()


def ideas_of(entries: Collection[ChangelogEntry], viewer: Viewer) -> Mapping[int, list[Idea]]:
    """The ideas that entries tell of, by entry, of those that the viewer may know about. One query."""
    keys = [each.id for each in entries]
    if not keys:
        return {}
    told = sa.and_(ChangelogIdea.idea_id == Idea.id, ChangelogIdea.entry_id.in_(keys))
    ideas = ideas_queries.visible_to(viewer).where(Idea.hidden_at.is_(None)).join(ChangelogIdea, told)
    rows = ideas_queries.for_cards(ideas).add_columns(ChangelogIdea.entry_id)
    found: dict[int, list[Idea]] = {key: [] for key in keys}
    for idea, key in db.session.execute(rows.order_by(Idea.score.desc(), Idea.id)):
        found[key].append(idea)
    return found


def idea_ids_of(entry: ChangelogEntry) -> Sequence[int]:
    """The ids of all ideas that an entry tells of, in the order in which they were linked."""
    linked = sa.select(ChangelogIdea.idea_id).where(ChangelogIdea.entry_id == entry.id)
    return db.session.scalars(linked.order_by(ChangelogIdea.linked_at, ChangelogIdea.idea_id)).all()


def kinds(*, archived: bool = False) -> Sequence[ChangelogKind]:
    """The kinds of entries in their order. One query."""
    order = (ChangelogKind.archived_at.is_not(None), ChangelogKind.position, ChangelogKind.id)
    rows = db.session.scalars(sa.select(ChangelogKind).order_by(*order)).all() or [
        ChangelogKind(key=key, name=name, colour=colour, position=n)
        for n, (key, name, colour) in enumerate(BUILT_IN, start=1)
    ]
    return [each for each in rows if archived or each.archived_at is None]


def labels_of(entries: Collection[ChangelogEntry]) -> Mapping[int, set[str]]:
    """The keys of the kinds of entries, by entry. One query."""
    keys = [each.id for each in entries]
    found: dict[int, set[str]] = {key: set() for key in keys}
    if keys:
        for row in db.session.scalars(sa.select(ChangelogLabel).where(ChangelogLabel.entry_id.in_(keys))):
            found[row.entry_id].add(row.kind)
    return found


def suggested(viewer: Viewer, entry: ChangelogEntry) -> Sequence[Idea]:
    """Ideas that were shipped since the last other entry was published and that no entry tells of, the newest first."""
    last = sa.select(sa.func.max(ChangelogEntry.published_at)).where(
        ChangelogEntry.id != entry.id, ChangelogEntry.stage == Stage.PUBLISHED
    )
    since = db.session.scalar(last)
    told = sa.select(ChangelogIdea.idea_id)
    ideas = ideas_queries.listed_to(viewer).where(
        is_complete(), Idea.hidden_at.is_(None), Idea.id.not_in(told), Idea.status_at.is_not(None)
    )
    if since is not None:
        ideas = ideas.where(Idea.status_at > since)
    return ideas_queries.cards(ideas.order_by(Idea.status_at.desc(), Idea.id.desc()).limit(SUGGESTED))


def follows(viewer: Viewer) -> bool:
    """Whether the viewer follows the changelog."""
    return viewer.id is not None and db.session.get(ChangelogFollow, viewer.id) is not None


def last_change(viewer: Viewer) -> datetime | None:
    """When something last came, changed or went that this viewer may read."""
    moments = sa.select(
        sa.func.max(ChangelogEntry.published_at),
        sa.func.max(ChangelogEntry.edited_at),
        sa.func.max(ChangelogEntry.withdrawn_at),
    ).where(seeing.open_to(viewer, ChangelogEntry))
    return max((each for each in db.session.execute(moments).one() if each is not None), default=None)


def told_in(viewer: Viewer) -> sa.ColumnElement[str]:
    """For a row of Idea: `read_told` understands it; None when no entry that the viewer may read tells of it."""
    at = sa.cast(ChangelogEntry.published_at, sa.String)
    text = sa.cast(ChangelogEntry.id, sa.String) + "|" + at + "|" + ChangelogEntry.title
    entries = visible_to(viewer).join(ChangelogIdea, ChangelogIdea.entry_id == ChangelogEntry.id)
    first = entries.where(ChangelogIdea.idea_id == Idea.id).with_only_columns(text)
    return first.order_by(ChangelogEntry.published_at).limit(1).correlate(Idea).scalar_subquery()


def read_told(written: str | None) -> Told | None:
    """From `told_in`."""
    if not written:
        return None
    key, at, title = written.split("|", 2)
    moment = datetime.fromisoformat(at)
    return Told(int(key), title, moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
