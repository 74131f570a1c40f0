"""Manners: what only the vendor knows of its CRM, and what the client hears from an answer."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from portal.crm_bridge.calling.judging import Answer
from portal.crm_bridge.calling.pacing import Heard, Rate

Headers = Mapping[str, str]


def hears_nothing(_: Answer) -> Heard:
    """For a CRM that says nothing of limits."""
    return Heard()


def words(answer: Answer) -> str:
    """The words of an error, where most CRMs put them."""
    return answer.words


@dataclass(frozen=True, slots=True)
class Manners:
    """What only the vendor knows of its CRM.

    `sign_in(fresh)` returns the headers of who is signed in; with `fresh` the old ones were refused. It may call the
    Caller with `signed=False`. `unknown`: statuses by which this CRM says "sign in again". `hears` reads limits from
    an answer of any status, `says` the words of an error. `rate` is what is known of its limits before that.
    """

    sign_in: Callable[[bool], Headers] | None = None
    unknown: Collection[int] = frozenset({401})
    hears: Callable[[Answer], Heard] = hears_nothing
    says: Callable[[Answer], str] = words
    rate: Rate | None = None

    def heard(self, answer: Answer) -> Heard:
        """What an answer says of limits. Whatever it says that makes no sense is not heard."""
        with suppress(ValueError, TypeError, LookupError, AttributeError):
            return self.hears(answer)
        return Heard()
