"""Retrying: what the CRM did not take is tried again a few times, ever later, and then given up."""

import random
from datetime import datetime, timedelta

from portal.crm_bridge.gateway import Outcome
from portal.crm_bridge.models import LinkState

TRIES = 8
LONGEST_WAIT = timedelta(minutes=15)


def judged(outcome: Outcome, attempts: int, now: datetime) -> tuple[LinkState, datetime | None, str]:
    """What becomes of something that was not taken at that attempt: its state, when it is tried again, and why."""
    message = outcome.message
    given_up = attempts >= TRIES and not outcome.permanent and outcome.wait is None
    if given_up:
        message = f"Given up after {attempts} tries: {message}"
    if outcome.permanent or given_up:
        return LinkState.QUARANTINED, None, message
    wait = min(timedelta(seconds=2 ** min(attempts, 20)), LONGEST_WAIT) * random.random()  # noqa: S311
    if outcome.wait is not None:
        wait = timedelta(seconds=outcome.wait)
    return LinkState.RETRY, now + wait, message
