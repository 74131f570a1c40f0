"""Erasing what somebody wrote beside a flag; that it was flagged, and how it was judged, stays."""

from collections.abc import Mapping

import sqlalchemy as sa

from portal.accounts.erasing import erases, rows_of
from portal.moderation.models import Flag


@erases(order=50)
def forget_notes(person_id: int, texts: bool) -> Mapping[str, int]:
    """Their words go with the texts."""
    notes = sa.update(Flag).where(Flag.person_id == person_id, Flag.note != "")
    return {"words beside flags": rows_of(notes.values(note=""))} if texts else {}
