"""Every read of jobs."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Company, Person
from portal.crm_bridge.connections.jobs.models import Act, CrmJob, Stage
from portal.crm_bridge.models import CrmConnection
from portal.database import db
from portal.errors import NotFound
from portal.ideas.models import Idea

SHOWN = 12


def newest(name: str) -> Sequence[CrmJob]:
    """The jobs of a connection, the newest first; those that are open come before."""
    its = sa.select(CrmJob).where(CrmJob.connection == name).options(joinedload(CrmJob.by))
    return db.session.scalars(its.order_by(CrmJob.id.desc()).limit(SHOWN)).all()


def last_of_each(jobs: Sequence[CrmJob]) -> Mapping[str, CrmJob]:
    """Of these, the newest of each act."""
    return {each.act: each for each in reversed(jobs)}


def find(name: str, job_id: int) -> CrmJob:
    """One job of a connection. Raises NotFound."""
    its = sa.select(CrmJob).where(CrmJob.id == job_id, CrmJob.connection == name)
    job = db.session.scalar(its.options(joinedload(CrmJob.by)))
    if job is None:
        raise NotFound("There is no such job. Only the newest of a connection are kept.")
    return job


def open_one(name: str, act: Act) -> CrmJob | None:
    """The job that waits or is at work."""
    its = sa.select(CrmJob).where(CrmJob.connection == name, CrmJob.act == act, CrmJob.ended_at.is_(None))
    return db.session.scalar(its.options(joinedload(CrmJob.by)))


def erased() -> Sequence[CrmJob]:
    """What was erased in CRMs that are no longer connected, the newest first."""
    there = sa.exists().where(CrmConnection.name == CrmJob.connection)
    its = sa.select(CrmJob).where(CrmJob.act == Act.ERASE, CrmJob.stage == Stage.DONE, ~there)
    return db.session.scalars(
        its.options(joinedload(CrmJob.by)).order_by(CrmJob.id.desc()).limit(SHOWN)
    ).all()


def names_of(lines: Sequence[Sequence[Any]]) -> dict[tuple[str, int], str]:
    """Names of the people, companies and ideas in lines of a job, by entity and id: three queries. A hidden idea has none."""
    people = {each[2] for each in lines if each[1] != "company"}
    companies = {each[2] for each in lines if each[1] == "company"}
    ideas = {each[3] for each in lines if each[3]}
    shown = Idea.hidden_at.is_(None)
    asked: tuple[tuple[str, set[Any], Any], ...] = (
        ("person", people, sa.select(Person.id, Person.name).where(Person.id.in_(people))),
        ("company", companies, sa.select(Company.id, Company.name).where(Company.id.in_(companies))),
        ("idea", ideas, sa.select(Idea.id, Idea.title).where(Idea.id.in_(ideas), shown)),
    )
    names: dict[tuple[str, int], str] = {}
    for entity, ids, select in asked:
        rows = db.session.execute(select) if ids else ()
        names |= {(entity, key): name for key, name in rows}
    return names
