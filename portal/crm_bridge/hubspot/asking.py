"""Asking HubSpot: paths by version, batches with an outcome for each row, and what it hears of limits.

A batch that is taken in part is answered with 207: results, which stand in no particular order, and errors.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from portal.crm_bridge.calling.asking import Caller
from portal.crm_bridge.calling.judging import OVERLOADED, Answer
from portal.crm_bridge.calling.manners import Manners
from portal.crm_bridge.calling.pacing import Bucket, Heard, Rate
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import CrmError

TOGETHER = 100
PAUSE = timedelta(minutes=15)
NOT_FOUND = 404
SEARCHES = Rate(5, 1)
"""Searches have a limit of their own, which no answer names."""

TRACE = "objectWriteTraceId"
Result = Mapping[str, Any]
Mark = Callable[[Mapping[str, Any]], str | None]
Item = TypeVar("Item")
NO_WORD = {"category": "INTERNAL_ERROR", "message": "HubSpot said nothing of this row"}


class Asker:
    """Calls one portal of HubSpot."""

    def __init__(self, settings: Mapping[str, str], wire: Wire) -> None:
        self.settings, self.wire = settings, wire
        self.searches = Bucket(SEARCHES)
        signed = {"authorization": f"Bearer {settings['token']}"}
        manners = Manners(sign_in=lambda _: signed, hears=self._hears)
        self.caller = Caller(settings["url"].rstrip("/"), wire, manners)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        """One call, as `Caller.call` makes it; searches go at their own pace."""
        if path.endswith("/search"):
            if wait := self.searches.delay(self.wire.monotonic()):
                self.wire.sleep(wait)
            self.searches.take(self.wire.monotonic())
        return self.caller.call(method, path, **options)

    def path(self, part: str, rest: str) -> str:
        """The path of a part of the API: the old versions stand before it, the dated ones behind."""
        version = self.settings["version"]
        if not version.startswith("v"):
            return f"/crm/{part}/{version}/{rest}"
        return f"/crm/{'v4' if part == 'associations' else version}/{part}/{rest}"

    def account(self) -> str:
        """The path that says which account the token is of."""
        return f"/account-info/{self.settings['version']}/details"

    def schemas(self) -> str:
        """The path of the custom objects."""
        return f"/crm-object-schemas/{self.settings['version']}/schemas"

    def batch(
        self, path: str, inputs: Sequence[Mapping[str, Any]], again: bool = True, mark: Mark | None = None
    ) -> list[Result]:
        """What became of each input, in their order: what is there now, or {"error": …}.

        `again`: nothing is there twice when it is carried out twice. `mark` tells which input a result is of where
        there is no id yet.
        """
        return [
            result
            for part in parts(inputs)
            for result in _matched(part, self._batch(path, {"inputs": _traced(part)}, again), mark)
        ]

    def read(self, path: str, ids: Sequence[str], properties: Sequence[str], by: str = "") -> list[Result]:
        """The records of these ids as far as they are there, in no order; `by` names the property of the ids."""
        found: list[Result] = []
        for part in parts(ids):
            sent = {"inputs": [{"id": each} for each in part], "properties": list(properties)}
            more = {"propertiesWithHistory": [], **({"idProperty": by} if by else {})}
            found += self._batch(path, sent | more, again=True)["results"]
        return found

    def _batch(self, path: str, sent: Mapping[str, Any], again: bool) -> Mapping[str, Any]:
        answer = self.call("POST", path, json=sent, again=again)
        if not isinstance(answer.data, dict) or not isinstance(answer.data.get("results"), list):
            raise CrmError(f"HubSpot answered {answer.status} without results", permanent=False)
        return answer.data

    def _hears(self, answer: Answer) -> Heard:
        """The limits of some seconds and of the day, and a 429 by which the day is over."""
        said = {
            name.removeprefix("x-hubspot-ratelimit-"): value
            for name, value in answer.headers.items()
            if name.startswith("x-hubspot-ratelimit-")
        }
        until = None
        if answer.status == OVERLOADED and (answer.data or {}).get("policyName") == "DAILY":
            until = self.wire.now() + PAUSE
        rate = day = None
        if "max" in said:
            seconds = int(said["interval-milliseconds"]) / 1_000
            rate = Rate(int(said["max"]), seconds, int(said["remaining"]))
        if "daily" in said:
            day = (int(said["daily"]) - int(said["daily-remaining"]), int(said["daily"]))
        return Heard(rate, day, until)


def parts(items: Sequence[Item], size: int = TOGETHER) -> Iterator[Sequence[Item]]:
    """The items in parts that a call may carry."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _traced(inputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Errors of single rows come only when each has a mark of its own."""
    return [{**each, TRACE: str(place)} for place, each in enumerate(inputs)]


def _matched(inputs: Sequence[Mapping[str, Any]], data: Mapping[str, Any], mark: Mark | None) -> list[Result]:
    name = inputs[0].get("idProperty", "")
    sent = mark or (lambda each: str(each["id"]))
    said = mark or (lambda each: str(each["properties"].get(name) if name else each["id"]))
    by_id = {sent(each): place for place, each in enumerate(inputs)}
    told: dict[int, Result] = {by_id[said(each)]: each for each in data["results"] if said(each) in by_id}
    stray = NO_WORD
    for error in data.get("errors") or ():
        places = _places(error.get("context") or {}, by_id)
        told |= {place: {"error": error} for place in places if place not in told}
        stray = stray if places else error
    return [told.get(place, {"error": stray}) for place in range(len(inputs))]


def _places(context: Mapping[str, Any], by_id: Mapping[str | None, int]) -> list[int]:
    """Which inputs an error is about."""
    if traces := context.get(TRACE):
        return [int(each) for each in traces]
    ids = [*(context.get("ids") or ()), *(context.get("id") or ())]
    return [by_id[each] for each in ids if each in by_id]
