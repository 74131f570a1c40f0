"""A number that nobody needs to the minute is counted once in a while, not on every visit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal import clock


@dataclass
class Remembered:
    """The answer of `count`, kept for `lasts`."""

    count: Callable[[], int]
    lasts: timedelta = timedelta(minutes=5)
    _value: int = 0
    _until: datetime | None = field(default=None)

    def __call__(self) -> int:
        now = clock.now()
        # A clock that was set back (tests, imports) must not keep an old number for ever.
        if self._until is None or not self._until - self.lasts <= now < self._until:
            self._value, self._until = self.count(), now + self.lasts
        return self._value
