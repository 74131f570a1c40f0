"""Every read of verdicts."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.ideas.models import Idea
from portal.ideas.verdicts.models import ANSWERS, Verdict

READ = 20
"""How many words of others staff read on the page of an idea."""


def answer_of(viewer: Viewer) -> sa.ColumnElement[Any]:
    """What the viewer said about a row of Idea."""
    mine = sa.select(Verdict.answer).where(Verdict.person_id == viewer.id, Verdict.idea_id == Idea.id)
    return mine.where(Verdict.closed_at.is_(None)).correlate(Idea).scalar_subquery()


def companies_by_answer(idea: Idea) -> dict[str, int]:
    """How many companies the people of each answer come from, those with any; for staff."""
    count = sa.select(Verdict.answer, sa.func.count(sa.distinct(Person.company_id)))
    its = count.join(Person, Person.id == Verdict.person_id).where(_counting(idea))
    found = db.session.execute(its.group_by(Verdict.answer)).all()
    return {
        answer: companies for each in ANSWERS for answer, companies in found if answer == each and companies
    }


def words_on(idea: Idea) -> Sequence[Verdict]:
    """The newest verdicts that say more than yes or no, with their people; for staff."""
    said = sa.select(Verdict).where(_counting(idea), Verdict.words != "")
    newest = said.options(joinedload(Verdict.person)).order_by(Verdict.at.desc(), Verdict.id.desc())
    return db.session.scalars(newest.limit(READ)).all()


def _counting(idea: Idea) -> sa.ColumnElement[bool]:
    return sa.and_(Verdict.idea_id == idea.id, Verdict.closed_at.is_(None))
