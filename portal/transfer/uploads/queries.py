"""Every read of uploads, and of the files beside them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.database import db
from portal.errors import NotFound
from portal.transfer.uploads.models import WAITING, Stage, Upload

SHOWN = 30


def newest() -> Sequence[Upload]:
    """The imports that were begun last."""
    found = sa.select(Upload).where(Upload.stage != Stage.DISCARDED).options(joinedload(Upload.by))
    return db.session.scalars(found.order_by(Upload.at.desc(), Upload.id.desc()).limit(SHOWN)).all()


def find(upload_id: int) -> Upload:
    """One import, with who began it. Raises NotFound."""
    found = sa.select(Upload).where(Upload.id == upload_id, Upload.stage != Stage.DISCARDED)
    upload = db.session.scalar(found.options(joinedload(Upload.by)))
    if upload is None:
        raise NotFound("There is no such import. It may have been discarded.")
    return upload


def next_waiting() -> Upload | None:
    """The import that the worker has to do next."""
    waiting = sa.select(Upload).where(Upload.stage.in_(WAITING)).order_by(Upload.at, Upload.id).limit(1)
    return db.session.scalar(waiting.options(joinedload(Upload.by)))


def folder_of(instance: Path, upload: Upload) -> Path:
    """Where the files, the progress and the report of an import are."""
    return instance / "imports" / f"upload-{upload.id}"


def paths_of(instance: Path, upload: Upload) -> list[Path]:
    """Its files, under the names that they came with (which are names only, never paths)."""
    folder = folder_of(instance, upload)
    return [folder / str(number) / name for number, name in enumerate(upload.names)]


def progress_of(instance: Path, upload: Upload) -> tuple[int, int]:
    """How much of how much the worker has read."""
    try:
        done, total = json.loads((folder_of(instance, upload) / "progress").read_text())
        return min(int(done), int(total)), int(total)
    except (OSError, ValueError, TypeError):
        return 0, 0


def left_out(instance: Path, upload: Upload) -> list[list[Any]] | None:
    """The rows that were left out: file, row, reason; None where there is no report."""
    try:
        return list(json.loads((folder_of(instance, upload) / "rows.json").read_text()))
    except (OSError, ValueError):
        return None
