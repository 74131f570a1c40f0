"""Audit: whom workarounds help, counted again from the rows."""

from collections.abc import Generator
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.activity.auditing import audits, compare
from portal.database import db
from portal.ideas.models import Idea
from portal.moderation.workarounds.models import Help
from portal.moderation.workarounds.queries import counts, helped_now


@audits("people helped by workarounds")
def count_helped() -> Generator[str, None, int]:
    """`helped` against the rows that are counted, of which each is of a voter and about the workaround in force."""
    rows, odd = _statements()
    compared = yield from compare("helped of idea", rows)
    for help_id, idea_id in db.session.execute(odd):
        yield f"help {help_id} is counted on idea {idea_id}, which it cannot be"
    return compared


@cache
def _statements() -> tuple[Any, Any]:
    odd = sa.select(Help.id, Help.idea_id).where(Help.counted.is_(True), ~counts())
    return sa.select(Idea.id, Idea.helped, helped_now()), odd
