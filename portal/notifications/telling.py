"""Telling people what became of an idea: everybody who had to do with it, once, in batches that stay small."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import Person
from portal.accounts.permissions import STAFF
from portal.activity import events
from portal.activity.models import Entry
from portal.database import db, insert_missing
from portal.discussion.models import Post
from portal.ideas import seeing
from portal.ideas.changelog import following as changelog
from portal.ideas.changelog.models import ChangelogEntry
from portal.ideas.inquiring import asking
from portal.ideas.inquiring.queries import is_against
from portal.ideas.merging.queries import below
from portal.ideas.models import Board, Idea
from portal.moderation.workarounds import queries as workarounds
from portal.notifications import announcing
from portal.notifications.models import Notice, Telling, Watch, Why
from portal.voting.models import Vote

BATCH = 1_000
"""How many people are told in one transaction."""

ANNOUNCED, MERGED, INQUIRY, NEWS, WORKAROUND = "announced", "merged", "inquiry", "news", "workaround"
TOLD: dict[str, tuple[str, str]] = {
    events.StatusChanged.kind: ("status", "new"),
    events.OfficialAnswerGiven.kind: ("answer", "version"),
    events.IdeaAnnounced.kind: (ANNOUNCED, "entry_id"),
    events.ChangelogPublished.kind: (NEWS, "entry_id"),
    events.InquiryOpened.kind: (INQUIRY, "until"),
    events.IdeaMerged.kind: (MERGED, "into_id"),
    events.IdeaParted.kind: ("parted", "from_id"),
    events.QuestionBecameIdea.kind: ("proposed", "topic_id"),
    events.WorkaroundMarked.kind: (WORKAROUND, "post_id"),
}
"""Events of which people are told: the kind of notice, and the field that says what it is about ("" for none)."""

CLOSEST = tuple(Why)


def begin(entries: Sequence[Entry]) -> None:
    """Note of which of these entries people are to be told."""
    for entry in entries:
        if entry.kind in TOLD:
            kind, field = TOLD[entry.kind]
            what = str(entry.data[field]) if field else ""
            about = "changelog_id" if kind == NEWS else "idea_id"
            subject = entry.data["entry_id" if kind == NEWS else "idea_id"]
            facts = {"entry_id": entry.id, about: subject, "kind": kind, "what": what}
            db.session.add(Telling(**facts, actor_id=entry.actor_id, at=entry.at, after_id=0, told=0))
    db.session.flush()


def tell(limit: int | None = None) -> int | None:
    """Tell the next people (BATCH, unless said) of the oldest entry that waits; returns how many, None when nothing
    waits.

    The caller ends the transaction, which holds the notices together with how far they have come.
    """
    waiting = sa.select(Telling).where(Telling.done_at.is_(None)).order_by(Telling.entry_id).limit(1)
    telling = db.session.scalar(waiting.with_for_update(skip_locked=True))
    if telling is None or (telling.kind == NEWS and announcing.must_wait(telling)):
        return None
    limit = limit or BATCH
    next_people = announcing.next_readers if telling.kind == NEWS else _next_people
    people = next_people(telling, limit) if _still_holds(telling) else []
    told = insert_missing(Notice, [_notice(telling, person_id, why) for person_id, why in people])
    telling.told += told
    if people:
        telling.after_id = people[-1][0]
    if len(people) < limit:
        telling.done_at = clock.now()
    db.session.flush()
    return len(people)


def _still_holds(telling: Telling) -> bool:
    """Whether what is told still is so; whoever is asked something is told until when, counted from now."""
    if telling.kind != INQUIRY:
        return True
    until = asking.tell(telling.idea_id or 0)
    telling.what = until.date().isoformat() if until else telling.what
    return until is not None


def _notice(telling: Telling, person_id: int, why: int) -> dict[str, Any]:
    same = {
        name: getattr(telling, name) for name in ("entry_id", "idea_id", "changelog_id", "kind", "what", "at")
    }
    return same | {"person_id": person_id, "why": CLOSEST[why]}


def _next_people(telling: Telling, limit: int) -> list[tuple[int, int]]:
    """The next people by id, with their place in CLOSEST: those who may see the idea, have an account and did not say
    stop. Who did it is not told."""
    idea = db.session.get_one(Idea, telling.idea_id, populate_existing=True)
    family = _family(telling, idea)
    close = _involved(telling, family).subquery()
    here = (Person.active.is_(True), Person.erased_at.is_(None), Person.email.is_not(None))
    people = (
        sa.select(Person.id, sa.func.min(close.c.why))
        .join(close, close.c.person_id == Person.id)
        .join(Idea, Idea.id == idea.id)
        .join(Board, Board.id == Idea.board_id)
        .where(*here, ~_stopped(idea, family), seeing.knowing(), _may_read(telling))
        .where(Person.id != (telling.actor_id or 0))
        .group_by(Person.id)
        .order_by(Person.id)
        .limit(limit)
    )
    return [(person_id, why) for person_id, why in db.session.execute(people)]


def _may_read(telling: Telling) -> sa.ColumnElement[bool]:
    """What must hold for a row of Person so that what is told is for them, beside the idea itself."""
    if telling.kind == INQUIRY:
        return ~is_against(Person.id, telling.idea_id)
    if telling.kind == WORKAROUND:
        there = workarounds.in_force(telling.idea_id or 0)
        holds = there is not None and str(there.post_id) == telling.what
        return _may_read_post(telling) if holds else sa.false()
    if telling.kind != ANNOUNCED:
        return sa.true()
    entry = db.session.get(ChangelogEntry, int(telling.what), populate_existing=True)
    # Whoever is told later than others, because they were many, is not told of what was withdrawn meanwhile.
    return changelog.readers_of(entry) if entry is not None and entry.is_published else sa.false()


def _may_read_post(telling: Telling) -> sa.ColumnElement[bool]:
    """What must hold for a row of Person so that a comment on an idea that was merged, maybe from a board that is not for
    everybody, is for them."""
    place, board = aliased(Idea), aliased(Board)
    its = sa.select(place).join(Post, Post.idea_id == place.id).where(Post.id == int(telling.what))
    under = db.session.scalar(its)
    if under is None or under.id == telling.idea_id:
        return sa.true()
    own = sa.or_(board.own_only.is_(False), Person.role.in_(STAFF), Person.id == (under.author_id or 0))
    there = sa.exists().where(board.id == under.board_id, seeing.belonging(board), own)
    return there.correlate(Person)


def _family(telling: Telling, idea: Idea) -> sa.Select[int]:
    """The idea and those that were merged into it; of one that was merged itself, those that came along."""
    here = sa.or_(Idea.id == idea.id, Idea.merged_into_id == idea.id)
    if telling.kind == MERGED and idea.is_merged:
        here = sa.or_(here, Idea.id.in_([each.id for each in below(idea)]))
    return sa.select(Idea.id).where(here)


def _stopped(idea: Idea, family: sa.Select[int]) -> sa.ColumnElement[bool]:
    """Who said stop: to the idea, or to one that was merged into it without following this one."""
    mine = sa.exists().where(Watch.person_id == Person.id)
    here = mine.where(Watch.idea_id == idea.id)
    there = mine.where(Watch.idea_id.in_(family), Watch.stopped_at.is_not(None))
    return sa.or_(here.where(Watch.stopped_at.is_not(None)), sa.and_(there, ~here))


def _involved(telling: Telling, family: sa.Select[int]) -> sa.CompoundSelect[Any]:
    """Who had to do with an idea of the family at that moment, with the place in CLOSEST; nobody up to `after_id`."""
    authors = sa.select(Idea.author_id).where(Idea.id.in_(family))
    added = sa.and_(Vote.added_by_id.is_not(None), Vote.taken_over_at.is_(None))
    place = {why: place for place, why in enumerate(CLOSEST)}
    votes = sa.select(
        Vote.person_id.label("person_id"),
        sa.case((added, place[Why.CUSTOMER]), else_=place[Why.VOTER]).label("why"),
    ).where(Vote.idea_id.in_(family), Vote.person_id > telling.after_id, Vote.cast_at <= telling.at)
    watches = sa.select(Watch.person_id, sa.literal(place[Why.FOLLOWER])).where(
        Watch.idea_id.in_(family),
        Watch.person_id > telling.after_id,
        Watch.since <= telling.at,
        Watch.stopped_at.is_(None),
    )
    author = sa.select(Person.id, sa.literal(place[Why.AUTHOR])).where(
        Person.id.in_(authors), Person.id > telling.after_id
    )
    return sa.union_all(votes, watches, author)
