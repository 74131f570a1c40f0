"""Judging: what an answer means for what was sent."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.crm_bridge.calling.blanking import words_of

OVERLOADED = 429
NO_CONTENT = 204
PASSING = frozenset({408, 425, OVERLOADED})
MOST_THINGS = 2_000_000
"""An answer with more values would fill the memory."""
MISPLACED = frozenset({404, 405, 410})
"""That an address is not there says nothing against the rows that were sent to it."""


class Fate(StrEnum):
    """What becomes of a call."""

    FINE = "fine"
    PERMANENT = "permanent"
    """The CRM refuses what was sent."""
    PASSING = "passing"
    AUTH = "auth"
    """The CRM does not know us, or no longer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `data` is the JSON of the body; None for an empty body and for one that is no JSON."""

    status: int
    headers: Mapping[str, str]
    text: str
    data: Any = None
    is_whole: bool = True
    """False when the body should be JSON and is not: cut off, or a page of something in between."""

    @property
    def words(self) -> str:
        """What it says of an error."""
        return words_of(self.data, self.text)


def read(status: int, headers: Mapping[str, str], body: bytes, cut: bool = False) -> Answer:
    """The answer of a response; `cut` when its body broke off."""
    text = body.decode("utf-8", "replace")
    if status == NO_CONTENT or not text.strip():
        return Answer(status, headers, text, is_whole=not cut)
    if sum(map(body.count, b"[{,")) > MOST_THINGS:
        return Answer(status, headers, text, is_whole=False)
    try:
        return Answer(status, headers, text, json.loads(text), is_whole=not cut)
    except (ValueError, RecursionError):
        said = headers.get("content-type", "json")
        return Answer(status, headers, text, is_whole=not cut and "json" not in said and "html" not in said)


def judge(answer: Answer, unknown: Collection[int]) -> Fate:
    """What becomes of a call with this answer. `unknown`: the statuses by which the CRM says that we must sign in.

    A status that would refuse every row alike (an address that is not there, no right to do it) is not held against
    the rows.
    """
    status = answer.status
    if status in unknown or status in (401, 403):
        return Fate.AUTH
    if 200 <= status < 300:
        return Fate.FINE if answer.is_whole else Fate.PASSING
    if 400 <= status < 500 and status not in PASSING | MISPLACED:
        return Fate.PERMANENT
    return Fate.PASSING
