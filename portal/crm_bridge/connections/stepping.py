"""Stepping from a new connection to the first push: what is done of that, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.connections.jobs.models import Act, CrmJob, Stage
from portal.crm_bridge.declaring import Declaration


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `act` is what the worker is asked for, None to go on after the pause."""

    name: str
    says: str
    act: Act | None
    is_done: bool
    is_next: bool = False


def steps(connection: Connection, declared: Declaration, last: Mapping[str, CrmJob]) -> Sequence[Step]:
    """The steps in their order, the first that is not done marked as the next. `last`: the newest job of each act."""
    found = [
        Step("Test it", "Who we are there, and what we may.", Act.TEST, _done(last.get(Act.TEST))),
        Step(
            "Make a plan",
            "Look whom the first push would write, and why others are left out.",
            Act.PLAN,
            _done(last.get(Act.PLAN)),
        ),
        Step(
            "Go on",
            "It is paused since it is new: until you go on, nothing is sent.",
            None,
            not connection.paused,
        ),
        Step("Push now", "Everybody is written. It takes a while; you may leave.", Act.PUSH, False),
    ]
    if not declared.canonical:
        fields = [job for job in (last.get(Act.CHECK), last.get(Act.APPLY)) if job is not None]
        newest = max(fields, key=lambda job: job.id, default=None)
        says = "Our fields are made there, or it is said step by step what somebody must do. Then look whose each field is."
        there = newest is not None and _done(newest) and not newest.found.get("missing")
        found.insert(1, Step("Add fields", says, Act.APPLY, there))
    following = next(number for number, step in enumerate(found) if not step.is_done)
    return [replace(step, is_next=number == following) for number, step in enumerate(found)]


def _done(job: CrmJob | None) -> bool:
    return job is not None and job.stage == Stage.DONE
