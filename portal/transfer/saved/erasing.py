"""Erasing somebody's saved exports, with their schedules, files and links, and the links that others send to them."""

from collections.abc import Mapping

import sqlalchemy as sa

from portal import clock
from portal.accounts.erasing import erases, rows_of
from portal.transfer.saved.models import (
    ExportFile,
    ExportLink,
    ExportRecipient,
    ExportSchedule,
    SavedExport,
)

NAME = "Deleted"


@erases(order=50)
def forget_exports(person_id: int, _texts: bool) -> Mapping[str, int]:
    """The rows stay, as those of any export that was deleted, without its name and without its words."""
    mine = sa.select(SavedExport.id).where(SavedExport.person_id == person_id)
    now = clock.now()
    files = sa.update(ExportFile).where(ExportFile.saved_id.in_(mine), ExportFile.removed_at.is_(None))
    rows_of(files.where(ExportFile.made_at.is_not(None)).values(expires_at=now))
    waiting = files.where(ExportFile.try_at.is_not(None))
    rows_of(waiting.values(try_at=None, refused="The schedule was ended."))
    of_mine = ExportLink.file_id.in_(sa.select(ExportFile.id).where(ExportFile.saved_id.in_(mine)))
    rows_of(sa.delete(ExportLink).where(of_mine | (ExportLink.person_id == person_id)))
    told = ExportRecipient.saved_id.in_(mine) | (ExportRecipient.person_id == person_id)
    rows_of(sa.delete(ExportRecipient).where(told))
    rows_of(sa.delete(ExportSchedule).where(ExportSchedule.saved_id.in_(mine)))
    kept = sa.update(SavedExport).where(SavedExport.person_id == person_id, SavedExport.name != NAME)
    deleted_at = sa.func.coalesce(SavedExport.deleted_at, now)
    return {"saved exports": rows_of(kept.values(name=NAME, words={}, deleted_at=deleted_at))}
