"""Every read of saved exports, their files and the log of what was taken out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.accounts.models import Person, Viewer
from portal.activity.models import EXPORTS, Entry
from portal.database import db
from portal.errors import NotFound
from portal.paging import Keyset, Page
from portal.transfer.saved.models import (
    ExportFile,
    ExportLink,
    ExportRecipient,
    SavedExport,
)

NEWEST: Keyset[Any] = Keyset((Entry.id,))
SHOWN = 10
MOST = 200
EXPIRED = "This link has expired, or it is not one of ours. Take the export again from its page."


def visible_to(viewer: Viewer) -> sa.Select[Any]:
    """Saved exports that the viewer may know about: the own ones, and those that are shared."""
    mine = sa.or_(SavedExport.person_id == viewer.id, SavedExport.shared.is_(True))
    return sa.select(SavedExport).where(SavedExport.deleted_at.is_(None), mine)


def listed(viewer: Viewer) -> Sequence[SavedExport]:
    """All of them, by name."""
    with_all = (joinedload(SavedExport.person), joinedload(SavedExport.schedule))
    every = visible_to(viewer).options(*with_all).order_by(SavedExport.name, SavedExport.id)
    return db.session.scalars(every.limit(MOST)).all()


def find(saved_id: int, viewer: Viewer) -> SavedExport:
    """One of them. Raises NotFound."""
    with_all = (joinedload(SavedExport.person), joinedload(SavedExport.schedule))
    saved: SavedExport | None = db.session.scalar(
        visible_to(viewer).where(SavedExport.id == saved_id).options(*with_all)
    )
    if saved is None:
        raise NotFound("This export was deleted, or it is somebody else's and not shared.")
    return saved


def files_of(saved: SavedExport) -> Sequence[ExportFile]:
    """The newest files of a schedule, each with its links and who gets them."""
    newest = sa.select(ExportFile).where(ExportFile.saved_id == saved.id).order_by(ExportFile.id.desc())
    links = selectinload(ExportFile.links).joinedload(ExportLink.person)
    return db.session.scalars(newest.options(links).limit(SHOWN)).all()


def recipients_of(saved: SavedExport) -> list[int]:
    """Who gets the link, by id."""
    people = sa.select(ExportRecipient.person_id).where(ExportRecipient.saved_id == saved.id)
    return list(db.session.scalars(people.order_by(ExportRecipient.person_id)))


def find_file(file_id: int, viewer: Viewer) -> ExportFile:
    """A file that can be taken now, of an export that the viewer may know about. Raises NotFound."""
    ids = visible_to(viewer).with_only_columns(SavedExport.id)
    return _there(sa.select(ExportFile).where(ExportFile.id == file_id, ExportFile.saved_id.in_(ids)))


def file_behind(token_hash: str) -> ExportFile:
    """The file of a link, if it can be taken now. Raises NotFound."""
    file_id = sa.select(ExportLink.file_id).where(ExportLink.token_hash == token_hash).scalar_subquery()
    return _there(sa.select(ExportFile).where(ExportFile.id == file_id))


def _there(files: sa.Select[Any]) -> ExportFile:
    there = (ExportFile.expires_at > clock.now(), ExportFile.removed_at.is_(None))
    file: ExportFile | None = db.session.scalar(files.where(*there).options(joinedload(ExportFile.saved)))
    if file is None:
        raise NotFound(EXPIRED)
    return file


def named(name: str) -> Sequence[SavedExport]:
    """Saved exports of this name or number, for the command line; two at most."""
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 19 else -1
    same = sa.or_(SavedExport.name == name, SavedExport.id == number)
    found = sa.select(SavedExport).where(same, SavedExport.deleted_at.is_(None))
    return db.session.scalars(
        found.options(joinedload(SavedExport.person)).order_by(SavedExport.id).limit(2)
    ).all()


@dataclass(frozen=True)
class Taken:
    """A page of the log: entries, who they are by, and the kept files and saved exports that they name."""

    entries: Page[Any]
    people: Mapping[int, Person]
    files: Mapping[int, ExportFile]
    saved: Mapping[int, SavedExport]


def taken(cursor: str | None) -> Taken:
    """Who took what out, the newest first. Four queries. Raises Unusable for a broken cursor."""
    entries = NEWEST.page(
        lambda rows: db.session.scalars(rows).all(), sa.select(Entry).where(EXPORTS), cursor=cursor, size=50
    )
    rows = entries.rows
    return Taken(
        entries,
        _by_id(Person, {each.actor_id for each in rows}),
        _by_id(ExportFile, {each.data.get("file_id") for each in rows}),
        _by_id(SavedExport, {each.data.get("saved_id") for each in rows}),
    )


def _by_id(model: Any, ids: set[int | None]) -> dict[int, Any]:
    wanted = [each for each in ids if each]
    found = sa.select(model).where(model.id.in_(wanted))
    return {each.id: each for each in db.session.scalars(found)} if wanted else {}
