"""What can be asked of a connection, in words: for its page."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from portal.crm_bridge.connections.jobs.models import Act, CrmJob, Stage


class Deed(NamedTuple):
    """An act with its name, what it does, and the words of its button; `sends`: it writes into the CRM."""

    act: Act
    name: str
    says: str
    button: str
    sends: bool = False


ACTS = (
    Deed(
        Act.TEST,
        "Test",
        "Asks the CRM who we are, what we may, and what it lacks for us.",
        "Test it",
    ),
    Deed(
        Act.CHECK, "Check fields", "Looks which of our fields the CRM lacks. Changes nothing.", "Check fields"
    ),
    Deed(
        Act.APPLY,
        "Add fields",
        "Adds what is missing, or says step by step what somebody must do there.",
        "Add fields",
        sends=True,
    ),
    Deed(
        Act.PLAN,
        "Plan",
        "Says what a push would write, record by record. Writes nothing.",
        "Make a plan",
    ),
    Deed(
        Act.PUSH, "Push", "Compares everybody and writes the difference into the CRM.", "Push now", sends=True
    ),
    Deed(
        Act.PULL,
        "Read",
        "Reads what changed in the CRM: tier, revenue, owner, renewal, opt-outs, open deals.",
        "Read now",
    ),
    Deed(
        Act.DRIFT,
        "Compare",
        "Reads everything back and counts what is not as we wrote it. Writes nothing.",
        "Compare",
    ),
    Deed(
        Act.REPAIR,
        "Repair",
        "Reads everything back and writes again what differs.",
        "Repair",
        sends=True,
    ),
    Deed(Act.ERASE, "Erase", "Takes out of the CRM all that was written there.", "Erase", sends=True),
)
BY_ACT = {each.act: each for each in ACTS}

STAGES = {
    Stage.WAITING: ("Waiting for the worker", "plain"),
    Stage.RUNNING: ("At work", "accent"),
    Stage.DONE: ("Done", "good"),
    Stage.FAILED: ("Did not get through", "bad"),
    Stage.STOPPED: ("Stopped", "ended"),
}
"""How a page calls a stage, and the tone of its chip."""


def following(job: CrmJob, reads_back: bool) -> Deed | None:
    """What one would do after this job is done; None where nothing suggests itself."""
    found: Mapping[str, Any] = job.found or {}
    after = {
        Act.TEST: Act.APPLY if found.get("missing") else Act.PLAN,
        Act.CHECK: Act.APPLY if found.get("missing") else Act.PLAN,
        Act.APPLY: Act.CHECK if found.get("missing") else Act.PLAN,
        Act.PLAN: Act.PUSH,
        Act.PUSH: Act.DRIFT if reads_back else None,
        Act.DRIFT: Act.REPAIR if found.get("drifted") else None,
    }
    act = after.get(Act(job.act)) if job.stage == Stage.DONE else None
    return BY_ACT[act] if act else None
