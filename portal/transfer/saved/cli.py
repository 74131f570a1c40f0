"""The chore of the worker: what is due is made, mailed, and taken away when its time is over."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts import mailing
from portal.activity.excluding import alone
from portal.activity.reading import never
from portal.database import db
from portal.errors import Refusal
from portal.settings import Settings
from portal.transfer.saved import delivering
from portal.transfer.saved.models import ExportFile, ExportLink

log = logging.getLogger(__name__)

CHORE = "deliver_exports"
TOLD = (Refusal, OSError, ValueError, sa.exc.SQLAlchemyError)
"""Failures whose words help whoever waits for the file."""


def deliver(settings: Settings, stopping: Callable[[], bool] = never) -> None:
    """Everything that is due now. One process at a time; another one leaves it to that."""
    db.session.rollback()
    with alone(CHORE) as mine:
        if mine:
            _deliver(settings.folder / "exports", settings.signing_key(), stopping)


def _deliver(folder: Path, key: str, stopping: Callable[[], bool]) -> None:
    _take(delivering.come_due)
    for file_id in _read(ExportFile):
        if not stopping():
            _try(ExportFile, file_id, partial(delivering.make, file_id, folder, key))
    for link_id in _read(ExportLink):
        if not stopping():
            _try(ExportLink, link_id, partial(delivering.send, link_id, key))
    for file_id in delivering.expired():
        _take(partial(delivering.remove, file_id, folder))
    delivering.sweep(folder, clock.now() - timedelta(hours=1))
    db.session.rollback()


def _read(model: Any) -> list[int]:
    ids = delivering.waiting(model)
    db.session.rollback()
    return ids


def _take(step: Callable[[], Any]) -> None:
    """One step in a transaction of its own; a failure is logged, and the step is taken again in a minute."""
    try:
        step()
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("A step of the scheduled exports failed")


def _try(model: Any, row_id: int, step: Callable[[], None]) -> None:
    """The same for one row, beside which the failure is written."""
    try:
        step()
        db.session.commit()
    except Exception as failure:
        # Whatever it is, the other rows are not to wait for it.
        said = str(failure) if isinstance(failure, TOLD) else "It failed for a reason that stands in the log."
        log.exception("A scheduled export failed")
        db.session.rollback()
        mailing.forget()
        _take(partial(delivering.note, model, row_id, said))
