"""Delivering scheduled exports: what is due is made once, its link is mailed, and the file goes when it expires.

Each function is a step that its caller commits. A process that is killed between two steps leaves a row that says
what is still to be done.
"""

import hmac
import shutil
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts import mailing
from portal.accounts.models import Person
from portal.accounts.permissions import Permission
from portal.activity.trying import try_later
from portal.database import db
from portal.transfer import exporting
from portal.transfer.building import Export
from portal.transfer.saved.models import ExportFile, ExportLink, ExportRecipient, ExportSchedule
from portal.transfer.saved.scheduling import Rhythm

AT_ONCE = 50
LONGEST_WAIT = timedelta(hours=1)
PATH = "/exports/links/"


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def token_for(link_file: int, person_id: int, key: str) -> str:
    """The token of a person's link to a file; always the same, so that a mail sent twice leads to one place."""
    said = f"export file {link_file} for person {person_id}".encode()
    return hmac.new(key.encode(), said, sha256).hexdigest()


def come_due() -> int:
    """A row for each file that is due; returns how many. After a downtime only the last due moment counts."""
    now = clock.now()
    due = sa.select(ExportSchedule).where(ExportSchedule.next_at <= now).order_by(ExportSchedule.next_at)
    schedules = db.session.scalars(due.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    for each in schedules:
        rhythm = Rhythm.of(each)
        moment = rhythm.last_before(now)
        each.next_at = rhythm.next_after(now)
        if _is_known(each.saved_id, moment):
            continue
        older = sa.update(ExportFile).where(ExportFile.saved_id == each.saved_id)
        took_over = {"try_at": None, "refused": "It could not be made before the next one was due."}
        db.session.execute(older.where(ExportFile.try_at.is_not(None)).values(took_over))
        given = {"saved_id": each.saved_id, "by_id": each.by_id, "due_at": moment, "try_at": now}
        db.session.add(ExportFile(**given, days_kept=each.days_kept, base=each.base))
    db.session.flush()
    return len(schedules)


def _is_known(saved_id: int, moment: datetime) -> bool:
    same = sa.exists().where(ExportFile.saved_id == saved_id, ExportFile.due_at == moment)
    return bool(db.session.scalar(sa.select(same)))


def waiting(model: Any) -> list[int]:
    """The ids of the files to be made, or links to be sent, now."""
    ready = sa.select(model.id).where(model.try_at <= clock.now()).order_by(model.try_at, model.id)
    return list(db.session.scalars(ready.limit(AT_ONCE)))


def make(file_id: int, folder: Path, key: str) -> None:
    """Make the file of a due moment and what is needed to mail its links. Raises Refusal and OSError."""
    file = _file(file_id)
    if file.try_at is None:
        return
    if not may_still(file.by):
        file.try_at, file.refused = None, f"{file.by.name}, in whose name it is made, may no longer export."
        return
    export, by, saved_id = Export.read(file.saved.words), file.by, file.saved_id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as draft:
        path, written = exporting.packed(export, viewer=by, folder=Path(draft))
        path.chmod(0o600)
        place = folder / f"{file_id}{path.suffix}"
        path.replace(place)
    file = _file(file_id)
    if file.try_at is None:
        return
    file.try_at, file.failure, file.name, file.made_at = None, None, place.name, clock.now()
    file.size, file.rows, file.people = place.stat().st_size, written.rows, written.people
    file.expires_at = clock.now() + timedelta(days=file.days_kept)
    exporting.record(export, written, by=by.id, saved_id=saved_id, file_id=file_id)
    _add_links(file, key)


def _file(file_id: int) -> ExportFile:
    with_all = (joinedload(ExportFile.saved), joinedload(ExportFile.by))
    found = sa.select(ExportFile).where(ExportFile.id == file_id).options(*with_all)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _add_links(file: ExportFile, key: str) -> None:
    recipients = sa.select(ExportRecipient.person_id).where(ExportRecipient.saved_id == file.saved_id)
    for person_id in db.session.scalars(recipients.order_by(ExportRecipient.person_id)).all():
        token = hash_of(token_for(file.id, person_id, key))
        db.session.add(ExportLink(file_id=file.id, person_id=person_id, token_hash=token, try_at=clock.now()))


def may_still(person: Person) -> bool:
    """Whether somebody may take lists out today."""
    return bool(person.active and person.erased_at is None and person.may(Permission.EXPORT))


def send(link_id: int, key: str) -> None:
    """Mail a link to whoever may still have it. A mail that could not be sent is tried again."""
    found = sa.select(ExportLink).where(ExportLink.id == link_id)
    with_all = (joinedload(ExportLink.person), joinedload(ExportLink.file).joinedload(ExportFile.saved))
    link = db.session.scalars(found.options(*with_all)).one()
    person, file = link.person, link.file
    if not may_still(person) or not person.email:
        link.try_at, link.refused = None, "This person may no longer export."
    elif not file.is_there:
        link.try_at, link.refused = None, "The file expired before the mail could be sent."
    else:
        mailing.post(person.email, f"Your export: {file.saved.name}", _text(file, link, key))
        if mailing.deliver():
            link.sent_at, link.try_at, link.failure = clock.now(), None, None
        else:
            try_later(link, "The mail server did not take the mail.", LONGEST_WAIT)


def _text(file: ExportFile, link: ExportLink, key: str) -> str:
    missing = Export.read(file.saved.words).missing()
    lost = f"These columns are no longer there and are left out: {', '.join(missing)}.\n\n" if missing else ""
    return (
        f"The export “{file.saved.name}” was made: {file.rows:,} rows.\n\n"
        f"{file.base}{PATH}{token_for(file.id, link.person_id, key)}\n\n"
        f"{lost}The link works until {file.expires_at:%Y-%m-%d %H:%M} UTC, and only for people who are signed in and "
        "may export."
    )


def note(model: Any, row_id: int, failure: str) -> None:
    """That a file could not be made; it is tried again, later each time."""
    try_later(db.session.get_one(model, row_id), failure, LONGEST_WAIT)


def expired() -> list[int]:
    """The ids of files whose time is over and that are still in the folder."""
    over = sa.select(ExportFile.id).where(
        ExportFile.expires_at <= clock.now(), ExportFile.removed_at.is_(None)
    )
    return list(db.session.scalars(over.order_by(ExportFile.id).limit(AT_ONCE)))


def remove(file_id: int, folder: Path) -> None:
    """Take an expired file out of the folder. Raises OSError."""
    file = db.session.get_one(ExportFile, file_id)
    if file.name:
        (folder / file.name).unlink(missing_ok=True)
    file.removed_at = clock.now()


def sweep(folder: Path, before: datetime) -> None:
    """Take away what a killed process left: drafts, and files older than `before` that no row knows."""
    if not folder.is_dir():
        return
    known = set(db.session.scalars(sa.select(ExportFile.name).where(ExportFile.removed_at.is_(None))))
    for path in folder.iterdir():
        with suppress(OSError):
            if path.name not in known and path.stat().st_mtime < before.timestamp():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
