"""The pages of jobs: asking for one, how far it is, and what came of it."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_login import current_user

from portal import pages
from portal.activity.cli import current_jobs
from portal.crm_bridge import connecting
from portal.crm_bridge import queries as records
from portal.crm_bridge.connections import testing
from portal.crm_bridge.connections.jobs import asking, queries
from portal.crm_bridge.connections.jobs.acting import BY_ACT, STAGES, following
from portal.crm_bridge.connections.jobs.models import CHORE, Act, CrmJob, Stage
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.views import WATCHED, crm_bridge, manages, sees_records
from portal.database import db
from portal.errors import Unusable

ASKED_FOR = {str(each): each for each in Act if each is not Act.ERASE}
"""Erasing belongs to taking a connection away."""
SHAPES = {
    Act.TEST: "tested",
    Act.CHECK: "schema",
    Act.APPLY: "schema",
    Act.PLAN: "plan",
    Act.PUSH: "push",
    Act.PULL: "push",
    Act.DRIFT: "drift",
    Act.REPAIR: "drift",
    Act.ERASE: "erase",
}
"""The partial that shows what came of an act."""


@crm_bridge.post("/connections/<name>/jobs")
@manages
@pages.limiter.limit("30/minute")
def create_job(name: str) -> Response:
    """Have the worker do something with a connection. Asked for twice, it is done once."""
    act = ASKED_FOR.get(request.form.get("act", ""))
    if act is None:
        raise Unusable("Say what is to be done: press one of the buttons of the connection.")
    job = asking.ask(connecting.find(name), act, current_user.id)
    db.session.commit()
    current_jobs().ask(CHORE)
    return pages.go(url_for(".show_job", name=name, job_id=job.id))


@crm_bridge.get("/connections/<name>/jobs/<int:job_id>")
@sees_records
def show_job(name: str, job_id: int) -> Response:
    job = queries.find(name, job_id)
    lines = job.found.get("lines", [])
    answer = pages.page(
        "crm_bridge/connections/job.html",
        shape=SHAPES[Act(job.act)],
        tested=testing.lines(job.found) if job.act == Act.TEST and job.found else [],
        groups=_groups(lines),
        names=queries.names_of(lines),
        **_said(job),
        **_then(job),
    )
    return _watched(job, answer)


def _then(job: CrmJob) -> dict[str, Any]:
    """What one would do next, if the connection is still there."""
    there = records.connection(job.connection)
    then = following(job, declaration(there.vendor).reads_back) if there else None
    first = bool(there and then and then.act in asking.CALLS and there.paused)
    return {"is_there": there is not None, "then": then, "go_on_first": first}


def _said(job: CrmJob) -> dict[str, Any]:
    return {"job": job, "deed": BY_ACT[Act(job.act)], "stage": STAGES[Stage(job.stage)]}


def _watched(job: CrmJob, answer: Response) -> Response:
    """The page looks again by itself where somebody who has no script asked for it by a link."""
    if job.is_open and "watch" in request.args:
        answer.headers["Refresh"] = WATCHED
    return answer


def _groups(lines: list[list[object]]) -> dict[str, list[list[object]]]:
    """Lines by their sort, in the order in which the sorts were met."""
    groups: dict[str, list[list[object]]] = {}
    for line in lines:
        groups.setdefault(str(line[0]), []).append(line)
    return groups


@crm_bridge.get("/connections/<name>/jobs/<int:job_id>/progress")
@sees_records
def show_job_progress(name: str, job_id: int) -> Response:
    job = queries.find(name, job_id)
    if not job.is_open:
        # Done: the page that asks loads itself anew.
        return pages.go(url_for(".show_job", name=name, job_id=job.id))
    return pages.page("crm_bridge/connections/_progress.html", **_said(job))


@crm_bridge.delete("/connections/<name>/jobs/<int:job_id>")
@manages
def delete_job(name: str, job_id: int) -> Response:
    """Do it no longer."""
    job = queries.find(name, job_id)
    asking.stop(job)
    db.session.commit()
    flash("It is stopped." if not job.began_at else "It is stopped as soon as the call in hand ends.", "good")
    return pages.go(url_for(".show_job", name=name, job_id=job_id))
