"""How a connection stands, in a word, and in a sentence that says what to do."""

from datetime import datetime
from typing import NamedTuple

from portal.crm_bridge.alarms.alarming import lag_limit
from portal.crm_bridge.models import CrmConnection


class Standing(NamedTuple):
    """A word and its tone, for a chip, and a sentence."""

    word: str
    tone: str
    says: str


def standing(row: CrmConnection | None, oldest_at: datetime | None, now: datetime) -> Standing:
    """How it stands; `oldest_at` is since when the oldest change waits."""
    if row is None:
        return Standing("Not used yet", "plain", "Nothing was written yet.")
    if row.paused:
        return Standing("Paused", "warm", "What changes is noted and sent when somebody goes on.")
    if row.opened_at is not None:
        return Standing("Stopped", "bad", "The CRM fails or does not know us. It is tried again by itself.")
    if row.lease_until is not None and row.lease_until > now:
        return Standing("Pushing", "accent", "A push is under way.")
    if row.failure:
        return Standing("Failing", "warm", "The last push did not get through. The next one tries again.")
    if oldest_at is not None and now - oldest_at > lag_limit(row):
        return Standing("Behind", "warm", "Something waits for longer than it should.")
    if row.pushed_at is None:
        return Standing("Not pushed yet", "plain", "Look at the plan, then push.")
    return Standing("In step", "good", "What changes is sent within a minute.")
