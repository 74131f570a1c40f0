"""The wire: what all calls of one connection share. Whoever opens the connection makes it; vendors pass it on."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from portal import clock


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it is noted: secrets are blanked, long bodies cut. Without an answer `status` is None."""

    at: datetime
    method: str
    path: str
    status: int | None
    sent: str
    answer: str
    seconds: float


def _nothing(*_: object) -> None:
    pass


@dataclass(slots=True)
class Wire:
    """Time, budget and notes of the calls of one connection.

    `private`: the operator set it up on the command line for an address that is not public, or without TLS.
    `secrets`: values that are blanked wherever a call is noted or an error is said; a Caller adds tokens.
    `spend` is called before each call and raises CrmError when the day's budget is used up; `hear` is told what the
    CRM says of the day (used, limit). `beat` is called often enough to keep the lease. `note` gets each Call.
    `transport` takes the place of the network, and of its guard, in tests. `sleep`, `now`, `monotonic` and `chance`
    are the only time and luck that calls know. `patience` is how many seconds an answer may take, `tries` how often a
    call that fails is made at most: somebody may be waiting.
    """

    private: bool = False
    secrets: set[str] = field(default_factory=set)
    spend: Callable[[], None] = _nothing
    hear: Callable[[int, int], None] = _nothing
    beat: Callable[[], None] = _nothing
    note: Callable[[Call], None] = _nothing
    now: Callable[[], datetime] = clock.now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    transport: httpx.BaseTransport | None = None
    patience: float = 30.0
    tries: int = 99
