"""Receiving files, saying what they mean, and letting them go again."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.errors import Conflict, Unusable
from portal.transfer.uploads import queries
from portal.transfer.uploads.models import Stage, Upload

MOST_FILES = 12
_NO_NAME = re.compile(r"[^\w.,+ ()-]")


class Arrived(Protocol):
    """A file as it came in."""

    filename: str | None

    def save(self, dst: Any) -> None: ...


def receive(files: Sequence[Arrived], wishes: dict[str, Any], *, by: Person, instance: Path) -> Upload:
    """Keep the files and have them checked. Raises Unusable for none, or too many."""
    if not 0 < len(files) <= MOST_FILES:
        raise Unusable(f"Choose the files of one tool: at least one, at most {MOST_FILES}.")
    names = [_name(each.filename or "") for each in files]
    upload = Upload(by_id=by.id, at=clock.now(), files={"names": names}, wishes=wishes, found={})
    db.session.add(upload)
    db.session.flush()
    folder = queries.folder_of(instance, upload)
    # A number that is used again after a restore finds no files of another.
    shutil.rmtree(folder, ignore_errors=True)
    for each, path in zip(files, queries.paths_of(instance, upload), strict=True):
        path.parent.mkdir(parents=True, mode=0o700)
        each.save(path)
    return upload


def _name(name: str) -> str:
    """A name that is no path, for people to recognise."""
    plain = _NO_NAME.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    return plain[-80:] or "file"


def wish(upload: Upload, wishes: dict[str, Any]) -> None:
    """Say otherwise what the files mean, and have them checked again. Raises Conflict while the worker is at it."""
    _must_be_open(upload)
    upload.wishes, upload.stage, upload.at = wishes, Stage.TO_CHECK, clock.now()
    upload.began_at = upload.ended_at = None
    upload.says = ""


def take(upload: Upload) -> None:
    """Have what was checked taken. Raises Conflict unless it was checked as it is."""
    if upload.stage == Stage.TO_TAKE or upload.stage == Stage.TAKEN:
        return
    if upload.stage not in {Stage.CHECKED, Stage.INTERRUPTED}:
        raise Conflict("This import has to be checked before it is taken.")
    upload.stage, upload.began_at, upload.ended_at = Stage.TO_TAKE, None, None


def discard(upload: Upload, *, instance: Path) -> None:
    """Let the files go. What was taken stays. Raises Conflict while the worker is at it."""
    if upload.is_waiting:
        raise Conflict("The worker is at it. Wait until it is done.")
    upload.stage = Stage.DISCARDED
    shutil.rmtree(queries.folder_of(instance, upload), ignore_errors=True)


def _must_be_open(upload: Upload) -> None:
    if not upload.is_open:
        raise Conflict("This import is under way, or done. Upload the files again to begin another.")
