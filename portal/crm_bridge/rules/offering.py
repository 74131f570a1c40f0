"""Offering ready-made rules. They are switched off until somebody tests one and switches it on."""

from dataclasses import dataclass

from portal.crm_bridge.rules.defining import Definition
from portal.crm_bridge.rules.models import Then, When
from portal.errors import NotFound


@dataclass(frozen=True)
class Ready:
    """A ready-made rule: its key, its name, and what it says."""

    key: str
    name: str
    said: Definition


COMPLAINTS = (
    *("broken", "bug", "crash", "crashes", "does not work", "doesn't work", "not working", "error"),
    *("slow", "annoying", "frustrating", "disappointed", "unusable", "unacceptable", "still waiting"),
)

READY = {
    each.key: each
    for each in (
        Ready(
            "unanswered",
            "Unanswered question of a top account",
            Definition(
                when=When.UNANSWERED,
                hours=24,
                tiers=("enterprise", "strategic"),
                then=Then.TASK,
                note="Nobody has answered for a day. Answer it, or find somebody who can.",
            ),
        ),
        Ready(
            "shipped",
            "An idea was shipped: tell each account that voted",
            Definition(
                when=When.MOVED,
                status="shipped",
                then=Then.TASK,
                note="People of this account voted for it, and it is there now. Tell them, and ask whether it helps.",
            ),
        ),
        Ready(
            "at_risk",
            "At-risk wording from a voter near renewal",
            Definition(
                when=When.WRITTEN,
                role="customer",
                voter=True,
                risk=True,
                renews_within=90,
                then=Then.TASK,
                note="It reads as if they thought of leaving, and they renew soon. Call before you write.",
            ),
        ),
        Ready(
            "advocate",
            "A new advocate",
            Definition(
                when=When.REACHED,
                points=100,
                role="customer",
                then=Then.TASK,
                note="Somebody who helps others this much may like to speak for you. Thank them first.",
            ),
        ),
        Ready(
            "complaints",
            "Third complaint about one thing",
            Definition(
                when=When.WRITTEN,
                role="customer",
                words=COMPLAINTS,
                times=3,
                days=30,
                then=Then.CASE,
                note="Three people complained about this within a month. Look whether it is one fault.",
            ),
        ),
    )
}


def find(key: str) -> Ready:
    """The ready-made rule of a key. Raises NotFound."""
    if key not in READY:
        raise NotFound("There is no ready-made rule of that name.")
    return READY[key]
