"""Every read of notices, and of who follows what."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, load_only

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.errors import NotFound
from portal.ideas import seeing
from portal.ideas.changelog import queries as changelog
from portal.ideas.changelog.models import ChangelogEntry, Stage
from portal.ideas.models import Board, Idea, StatusChange
from portal.ideas.queries import visible_to
from portal.ideas.standing import written_of
from portal.notifications.models import Notice, Watch
from portal.paging import Keyset, Page
from portal.voting.models import Vote

PAGE = 20
MOST = 99
"""Unread notices are counted up to here; "99+" says enough."""
LOOKED_AT = 1_000

NEWEST: Keyset[Any] = Keyset((Notice.id,))

_Vote = aliased(Vote)


def page_of(person: Person, cursor: str | None) -> Page[Any]:
    """A page of what the person was told, the newest first, about ideas and entries of the changelog that they may
    still see."""
    ideas, entries = visible_to(person).whereclause, changelog.visible_to(person).whereclause
    told = (
        sa.select(Notice)
        .outerjoin(Idea, Idea.id == Notice.idea_id)
        .outerjoin(ChangelogEntry, ChangelogEntry.id == Notice.changelog_id)
        .where(Notice.person_id == person.id)
        .where(
            sa.or_(
                sa.and_(Notice.idea_id.is_not(None), sa.true() if ideas is None else ideas),
                sa.and_(Notice.changelog_id.is_not(None), sa.true() if entries is None else entries),
            )
        )
    )
    title = sa.func.coalesce(Idea.title, ChangelogEntry.title).label("title")
    words = (title, written_of(Idea.board_id, Notice.what).label("written"), Idea.answer_version)
    columns = (Notice.id, Notice.idea_id, Notice.changelog_id, Notice.kind, Notice.what, Notice.why)
    shown: Any = told.with_only_columns(*columns, Notice.at, Notice.read_at, *words)
    return NEWEST.page(lambda rows: db.session.execute(rows).all(), shown, cursor=cursor, size=PAGE)


def decisions_behind(notices: Sequence[Any]) -> dict[int, StatusChange]:
    """Of each notice about a status: the change it speaks of, with its reason. One query."""
    about = [each for each in notices if each.kind == "status"]
    if not about:
        return {}
    changes = sa.select(StatusChange).where(StatusChange.idea_id.in_({each.idea_id for each in about}))
    found = db.session.scalars(changes.where(StatusChange.at.is_not(None)).order_by(StatusChange.id)).all()
    return {
        each.id: change
        for each in about
        for change in found
        if (change.idea_id, change.new) == (each.idea_id, each.what) and change.at and change.at <= each.at
    }


def merges_behind(notices: Sequence[Any], person: Person) -> dict[int, Idea]:
    """Of each notice about a merge: the other idea, where the person may know about it. One query."""
    about = {each.id: int(each.what) for each in notices if each.kind in ("merged", "parted")}
    if not about:
        return {}
    others = visible_to(person).where(Idea.id.in_(about.values())).options(load_only(Idea.title))
    found = {each.id: each for each in db.session.scalars(others)}
    return {key: found[other] for key, other in about.items() if other in found}


def unread() -> sa.ColumnElement[int]:
    """How many notices a row of Person has not read, about what they may still see, up to one more than MOST.

    Of LOOKED_AT at most it is asked whether they may.
    """
    waiting = sa.select(Notice.idea_id, Notice.changelog_id)
    waiting = waiting.where(Notice.person_id == Person.id, Notice.read_at.is_(None))
    some = waiting.correlate(Person).limit(LOOKED_AT).subquery()
    seen = sa.select(sa.literal(1)).select_from(some).outerjoin(Idea, Idea.id == some.c.idea_id)
    seen = seen.outerjoin(Board, Board.id == Idea.board_id)
    seen = seen.outerjoin(ChangelogEntry, ChangelogEntry.id == some.c.changelog_id)
    an_idea = sa.and_(Idea.id.is_not(None), seeing.knowing())
    entry = sa.and_(ChangelogEntry.stage == Stage.PUBLISHED, seeing.belonging(ChangelogEntry))
    seen = seen.where(sa.or_(an_idea, entry))
    few = seen.correlate(Person).limit(MOST + 1).subquery()
    return sa.select(sa.func.count()).select_from(few).scalar_subquery()


def find(notice_id: int, person: Person) -> Notice:
    """One of the person's own notices. Raises NotFound."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.person_id != person.id:
        raise NotFound("There is no such notice of yours.")
    return notice


def is_following(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Whether the viewer hears what becomes of a row of Idea: as a follower, its author or a voter who said no stop."""
    mine = sa.exists().where(Watch.person_id == viewer.id, Watch.idea_id == Idea.id)
    voted = sa.exists().where(_Vote.person_id == viewer.id, _Vote.idea_id == Idea.id)
    close = sa.or_(voted, sa.func.coalesce(Idea.author_id, 0) == viewer.id)
    return sa.or_(mine.where(Watch.stopped_at.is_(None)), sa.and_(close, ~mine))
