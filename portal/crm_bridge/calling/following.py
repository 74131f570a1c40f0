"""Following: what changed in a CRM, oldest first, by time and id, with nothing missed and an end.

Rows turn up late (a transaction that ends after a later one) and many share one time. So each round begins some minutes
before the newest that was seen, goes on by (time, id), and leaves out what this Follower has told already, unless it
says something else by now: a time of seconds may stand for two changes. A new Follower tells the last minutes once
more, which does no harm.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.crm_bridge.gateway import Changed, CrmError, Held

OVERLAP = timedelta(minutes=10)
END = "end"
MOST_PAGES = 10_000
"""No list that a CRM gives at once has more."""


def pages() -> Iterator[int]:
    """Once for each page of a list. Raises CrmError for one without an end."""
    yield from range(MOST_PAGES)
    raise CrmError("A list of the CRM has no end", permanent=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A record with the time of its last change (ISO, UTC, always of one length) and its id there."""

    at: str
    id: str
    held: Held


Page = Callable[[str, str, int], tuple[Sequence[Found], bool]]
"""Given (time, id, limit): what comes after that place in the order (time, id), and whether there may be more."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order, the newest time that was seen, and whether the end was reached there."""

    at: str = ""
    id: str = ""
    newest: str = ""
    ended: bool = False

    def __str__(self) -> str:
        return "|".join((self.at, self.id, self.newest, END if self.ended else ""))

    @classmethod
    def of(cls, cursor: str) -> "Place":
        """The place that a cursor names; the beginning for none or for one that is not ours."""
        parts = cursor.split("|")
        return cls(parts[0], parts[1], parts[2], parts[3] == END) if len(parts) == 4 else cls()


def earlier(moment: str, by: timedelta = OVERLAP) -> str:
    """An earlier time, written in the same way."""
    before = datetime.fromisoformat(moment) - by
    digits = "milliseconds" if "." in moment else "seconds"
    return before.replace(tzinfo=None).isoformat(timespec=digits) + "Z"


class Follower:
    """Follows one kind of record, in pages of at most `largest`."""

    def __init__(self, page: Page, largest: int) -> None:
        self.page, self.largest = page, largest
        self._told: dict[str, tuple[str, int]] = {}

    def after(self, cursor: str, limit: int) -> Changed:
        """Up to `limit` records that this Follower has not told, and the cursor to go on from."""
        place, taken = Place.of(cursor), list[Held]()
        if place.ended:
            self._forget(earlier(place.newest))
            place = Place(earlier(place.newest), "", place.newest)
        more, size = True, limit
        while more and len(taken) < limit:
            found, more = self.page(place.at, place.id, size)
            before = len(taken)
            for each in found:
                if len(taken) == limit:
                    more = True
                    break
                place = Place(each.at, each.id, max(place.newest, each.at))
                told = (each.at, hash(frozenset(each.held.fields.items())))
                if self._told.get(each.id) != told:
                    self._told[each.id] = told
                    taken.append(each.held)
            # What was told already is gone through in larger steps.
            size = limit if len(taken) > before else self.largest
        ended = not more and bool(place.newest)
        end = str(Place(place.at, place.id, place.newest, ended)) if place.newest else cursor
        return Changed(taken, end, more)

    def _forget(self, before: str) -> None:
        """What lies before the overlap is not read again."""
        self._told = {each: told for each, told in self._told.items() if told[0] >= before}
