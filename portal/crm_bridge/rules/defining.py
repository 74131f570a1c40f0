"""Defining what a rule says: when it fires and what it does, as plain values that a row keeps."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.rules.models import Then, When

WHENS = {
    When.ASKED: "Somebody asks a question",
    When.UNANSWERED: "A question has no answer for some hours",
    When.SUBMITTED: "Somebody proposes an idea",
    When.WRITTEN: "Somebody writes: a question, an idea, an answer or a comment",
    When.VOTED: "Somebody votes for an idea",
    When.MOVED: "An idea changes its status (once for each account that voted)",
    When.ACCEPTED: "An answer is accepted (of who wrote it)",
    When.REACHED: "Somebody reaches a number of points, for the first time",
}
THENS = {
    Then.TASK: "A task in the CRM for the owner of the account",
    Then.CASE: "A case in the CRM",
    Then.TAG: "A label on the idea or question",
    Then.MAIL: "A mail to a member of staff",
    Then.WATCH: "A member of staff follows the idea or question",
}
TO_CRM = frozenset({Then.TASK, Then.CASE})
COUNTED = frozenset({When.ASKED, When.WRITTEN, When.VOTED})
"""Of these a rule may wait for the N-th within some days."""

WITHOUT_TEXT = frozenset({When.MOVED, When.REACHED})
"""Nothing is written then."""
OF_PEOPLE = frozenset(When) - {When.MOVED}
"""Of these one person is asked about; when an idea moves, only accounts are."""

FITS: Mapping[str, tuple[frozenset[Any], str]] = {
    "status": (frozenset({When.MOVED}), "Only an idea that changes its status gets one."),
    "hours": (frozenset({When.UNANSWERED}), "Hours are waited for an answer alone."),
    "times": (COUNTED, "Only texts, votes and questions are counted."),
    "days": (COUNTED, ""),
    "words": (
        frozenset(When) - WITHOUT_TEXT,
        "Nothing is written when this happens, so no word can be found.",
    ),
    "risk": (
        frozenset(When) - WITHOUT_TEXT,
        "Nothing is written when this happens, so no wording can be found.",
    ),
    **dict.fromkeys(
        ("role", "consent", "points", "voter"),
        (OF_PEOPLE, "When an idea changes its status, accounts are asked about and not one person."),
    ),
}
"""Which of what a rule asks fits which events, and what is said where it does not."""
FOR: Mapping[str, tuple[frozenset[Any], str]] = {
    "tag": (frozenset({Then.TAG}), "Only what puts a label on needs one."),
    "person_id": (frozenset({Then.MAIL, Then.WATCH}), "Only a mail, or to follow, is for a member of staff."),
    "connection": (TO_CRM, ""),
    "note": (TO_CRM | {Then.MAIL}, ""),
}
"""Which details fit what is done."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a rule says. What is empty is not asked for.

    `revenue` is a year's in the currency of the account. `points` is at least so many, or for When.REACHED the number to
    reach. `risk`: wording that tells of leaving. `times` within `days`: the N-th text about one thing, vote for one idea,
    or question of one account.
    """

    when: str
    then: str
    status: str = ""
    tiers: tuple[str, ...] = ()
    segment: str = ""
    revenue: int | None = None
    renews_within: int | None = None
    owner: str = ""
    role: str = ""
    consent: str = ""
    points: int | None = None
    voter: bool = False
    words: tuple[str, ...] = ()
    risk: bool = False
    hours: int | None = None
    times: int = 1
    days: int = 30
    note: str = ""
    tag: str = ""
    person_id: int | None = None
    connection: str = DEFAULT

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Definition":
        """From what a row keeps."""
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        read: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        return cls(**read)

    def data(self) -> dict[str, Any]:
        """For a row: what was said, as JSON knows it."""
        said = {name: value for name, value in asdict(self).items() if value not in (None, "", False, ())}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in said.items()}

    @property
    def does(self) -> dict[str, Any]:
        """What a firing needs to know of its act."""
        return {name: getattr(self, name) for name in ("when", "note", "tag", "person_id", "connection")}
