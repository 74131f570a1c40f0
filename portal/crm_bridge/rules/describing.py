"""Describing rules and firings in words, for pages."""

from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.rules.defining import COUNTED, THENS, TO_CRM, WHENS, Definition
from portal.crm_bridge.rules.models import FiringState, Then, When

STATES = {
    FiringState.WAITING: ("Waits", "warm"),
    FiringState.OPEN: ("For you here", "accent"),
    FiringState.DONE: ("Done", "good"),
    FiringState.FAILED: ("Failed", "bad"),
    FiringState.DROPPED: ("Let go", "ended"),
}
ACTS = {
    Then.TASK: "Task",
    Then.CASE: "Case",
    Then.TAG: "Label",
    Then.MAIL: "Mail",
    Then.WATCH: "Follows it",
}


def lines(said: Definition, staff: dict[int, str]) -> list[tuple[str, str]]:
    """What a rule says: (word, what). `staff` names people."""
    told = [
        ("When", _when(said)),
        ("Who", _who(said)),
        ("Account", _account(said)),
        ("Text", _text(said)),
        ("Then", _then(said, staff)),
        ("What to do", said.note),
    ]
    return [(word, what) for word, what in told if what]


def _when(said: Definition) -> str:
    words = WHENS[When(said.when)]
    if said.when == When.UNANSWERED:
        return f"A question has no answer for {said.hours} hours"
    if said.when == When.REACHED:
        return f"Somebody reaches {said.points:,} points for the first time"
    if said.when == When.MOVED and said.status:
        return f"An idea becomes “{said.status.replace('_', ' ')}”: once for each account that voted"
    if said.when in COUNTED and said.times > 1:
        return f"{words}, and it is number {said.times} within {said.days} days"
    return words


def _who(said: Definition) -> str:
    parts = [
        {"customer": "a customer", "staff": "one of the staff"}.get(said.role, ""),
        {"yes": "agreed to the CRM", "no": "did not agree to the CRM"}.get(said.consent, ""),
        f"has at least {said.points:,} points" if said.points and said.when != When.REACHED else "",
        "voted for an idea" if said.voter else "",
    ]
    return ", ".join(filter(None, parts))


def _account(said: Definition) -> str:
    parts = [
        f"tier {' or '.join(said.tiers)}" if said.tiers else "",
        f"segment {said.segment}" if said.segment else "",
        f"revenue at least {said.revenue:,}" if said.revenue is not None else "",
        f"renews within {said.renews_within} days" if said.renews_within is not None else "",
        f"owner {said.owner}" if said.owner else "",
    ]
    return ", ".join(filter(None, parts))


def _text(said: Definition) -> str:
    risk = "wording that tells of leaving" if said.risk else ""
    words = f"one of: {', '.join(said.words)}" if said.words else ""
    return "; ".join(filter(None, [risk, words]))


def _then(said: Definition, staff: dict[int, str]) -> str:
    if said.then in TO_CRM:
        where = "" if said.connection == DEFAULT else f" (connection {said.connection})"
        return f"{THENS[Then(said.then)]}{where}"
    if said.then == Then.TAG:
        return f"The label “{said.tag}”"
    name = staff.get(said.person_id or 0, "somebody who left")
    return f"A mail to {name}" if said.then == Then.MAIL else f"{name} follows it"
