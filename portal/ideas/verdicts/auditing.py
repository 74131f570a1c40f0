"""Audit: how many said yes, partly and no, counted again from the verdicts."""

from collections.abc import Generator
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.activity.auditing import audits, compare
from portal.ideas.models import Idea
from portal.ideas.verdicts.models import ANSWERS, Verdict


@audits("verdicts on ideas")
def count_verdicts() -> Generator[str, None, int]:
    """`solved_yes`, `solved_partly` and `solved_no` against the verdicts that count."""
    compared = 0
    for answer in ANSWERS:
        compared += yield from compare(f"solved_{answer} of idea", _counted(answer))
    return compared


@cache
def _counted(answer: str) -> sa.Select[Any]:
    its = sa.select(sa.func.count()).where(Verdict.idea_id == Idea.id, Verdict.answer == answer)
    counted = its.where(Verdict.closed_at.is_(None)).scalar_subquery()
    return sa.select(Idea.id, getattr(Idea, f"solved_{answer}"), counted)
