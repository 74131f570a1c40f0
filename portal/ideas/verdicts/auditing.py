"""Audit: how many said yes, partly and no, counted again from the verdicts."""

from collections.abc import Generator

import sqlalchemy as sa

from portal.activity.auditing import audits, compare
from portal.ideas.models import Idea
from portal.ideas.verdicts.models import ANSWERS, Verdict


@audits("verdicts on ideas")
def count_verdicts() -> Generator[str, None, int]:
    """`solved_yes`, `solved_partly` and `solved_no` against the verdicts that count."""
    compared = 0
    for answer in ANSWERS:
        its = sa.select(sa.func.count()).where(Verdict.idea_id == Idea.id, Verdict.answer == answer)
        counted = its.where(Verdict.closed_at.is_(None)).scalar_subquery()
        stored = getattr(Idea, f"solved_{answer}")
        compared += yield from compare(f"solved_{answer} of idea", sa.select(Idea.id, stored, counted))
    return compared
