"""The chore of the worker: uploads that wait are checked or taken, one after the other."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal import clock
from portal.activity.excluding import alone
from portal.copying import on_a_copy
from portal.database import db, reading_only
from portal.errors import Refusal
from portal.settings import Settings
from portal.transfer.uploads import queries
from portal.transfer.uploads.checking import Attempt, Stopped
from portal.transfer.uploads.models import CHORE, Stage, Upload

log = logging.getLogger(__name__)

LONGEST = 1_000
INTERRUPTED = "The worker was stopped in the middle. Nothing was written; start it again."
BROKEN = "It could not be finished, and nothing was written. The log of the worker says why; try it again."


def work(settings: Settings, stopping: Callable[[], bool]) -> None:
    """Do all that wait. Another process that does so already has the turn. Commits."""
    with alone(CHORE) as mine:
        db.session.rollback()
        while mine and not stopping() and (upload_id := _next()) is not None:
            if not _one(queries.find(upload_id), settings.folder, stopping):
                return


def _next() -> int | None:
    """Which upload waits. Looking takes no lock, and holds nothing open."""
    with reading_only():
        upload = queries.next_waiting()
        found = upload.id if upload else None
        db.session.rollback()
    return found


def _one(upload: Upload, instance: Path, stopping: Callable[[], bool]) -> bool:
    """One upload, from its beginning to its end; False when the worker shall end."""
    if upload.began_at is not None:
        # Whoever began it holds the turn no more, so it died; nothing of it was written.
        _end(upload, Stage.INTERRUPTED, INTERRUPTED)
        return True
    upload.began_at = clock.now()
    attempt, only_checks = Attempt(upload, instance, stopping), upload.stage == Stage.TO_CHECK
    db.session.commit()
    try:
        _finish(upload, attempt, only_checks)
    except Stopped:
        db.session.rollback()
        upload.began_at = None
        db.session.commit()
        return False
    except Refusal as refusal:
        db.session.rollback()
        _end(upload, Stage.REFUSED, str(refusal), attempt.found)
    except Exception:
        log.exception("An import could not be finished")
        db.session.rollback()
        _end(upload, Stage.REFUSED, BROKEN, attempt.found)
    return True


def _finish(upload: Upload, attempt: Attempt, only_checks: bool) -> None:
    if only_checks:
        with on_a_copy(attempt.folder / "check.sqlite"):
            attempt.run()
    else:
        attempt.run()
    # In the transaction of what was taken: either both are there, or neither.
    _end(upload, Stage.CHECKED if only_checks else Stage.TAKEN, "", attempt.found)
    attempt.keep_rows()


def _end(upload: Upload, stage: Stage, says: str, found: dict[str, Any] | None = None) -> None:
    upload.stage, upload.says, upload.ended_at = stage, says[:LONGEST], clock.now()
    upload.began_at = None
    if found is not None:
        # A NUL or half a sign of a file is kept by no database.
        upload.found = json.loads(json.dumps(found).replace("\\u0000", "").encode("utf-8", "replace"))
    db.session.commit()
