"""Asking Salesforce: the calls that every part of this vendor makes, and what it hears from the answers."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from portal.crm_bridge.calling.asking import Caller
from portal.crm_bridge.calling.following import pages
from portal.crm_bridge.calling.judging import Answer
from portal.crm_bridge.calling.manners import Headers, Manners
from portal.crm_bridge.calling.pacing import Heard
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.salesforce.records import quoted
from portal.crm_bridge.salesforce.signing import TOKEN, form

TOGETHER = 200
"""So many rows a call on collections carries, and so many ids a condition."""

LIMIT = "REQUEST_LIMIT_EXCEEDED"
PAUSE = timedelta(minutes=15)
"""The day of Salesforce rolls: when its calls are used up, some are free again soon."""

Item = TypeVar("Item")


class Asker:
    """Calls one org. `user_id` is who we are there, once signed in."""

    def __init__(self, settings: Mapping[str, str], wire: Wire) -> None:
        self.settings, self.wire = settings, wire
        self.root = f"/services/data/v{settings['version']}"
        self.user_id = ""
        manners = Manners(sign_in=self._sign_in, hears=self._hears, says=_says)
        self.caller = Caller(settings["url"].rstrip("/"), wire, manners)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        """One call below the root of the version, as `Caller.call` makes it."""
        return self.caller.call(method, f"{self.root}/{path}", **options)

    def query(
        self, fields: Iterable[str], object_: str, condition: str, end: str = "", deleted: bool = False
    ) -> list[dict[str, Any]]:
        """The records of an object for which a condition holds, also those in the bin with `deleted`."""
        soql = f"SELECT {', '.join(fields)} FROM {object_} WHERE {condition} {end}".rstrip()  # noqa: S608
        answer = self.call("GET", "queryAll" if deleted else "query", params={"q": soql})
        found = list(answer.data["records"])
        for _ in pages():
            address = answer.data.get("nextRecordsUrl")
            if not address:
                break
            answer = self.caller.call("GET", address)
            found += answer.data["records"]
        return found

    def rows(
        self, method: str, path: str, count: int, accept: Collection[int] = (), **options: Any
    ) -> list[dict[str, Any]]:
        """The results of a call on collections, one for each of `count` rows, in their order.

        Raises CrmError when there are more or fewer: then no result can be told from another.
        """
        answer = self.call(method, path, again=True, accept=accept, **options)
        results = answer.data
        if not isinstance(results, list) or len(results) != count:
            raise CrmError(
                f"Salesforce answered {answer.status} without a result for each row", permanent=False
            )
        return results

    def _sign_in(self, _: bool) -> Headers:
        sent = form(self.settings, self.wire.now())
        token = self.caller.call("POST", TOKEN, data=sent, signed=False, again=True).data
        self.user_id = str(token.get("id", "")).rpartition("/")[2]
        return {"authorization": f"Bearer {token['access_token']}"}

    def _hears(self, answer: Answer) -> Heard:
        """`Sforce-Limit-Info: api-usage=18/5000` in each answer, and a 403 when the day is used up."""
        if answer.status == 403 and code_of(answer) == LIMIT:
            return Heard(until=self.wire.now() + PAUSE)
        usage = answer.headers.get("sforce-limit-info", "").partition("api-usage=")[2]
        used, _, limit = usage.partition(";")[0].partition("/")
        return Heard(day=(int(used), int(limit))) if limit else Heard()


def code_of(answer: Answer) -> str:
    """The code of the first error of an answer."""
    first = answer.data[0] if isinstance(answer.data, list) and answer.data else answer.data
    return str(first.get("errorCode", "")) if isinstance(first, dict) else ""


def _says(answer: Answer) -> str:
    code = code_of(answer)
    return f"{code}: {answer.words}" if code else answer.words


def parts(items: Sequence[Item], size: int = TOGETHER) -> Iterator[Sequence[Item]]:
    """The items in parts that a call may carry."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def one_of(name: str, values: Sequence[str]) -> str:
    """A condition: the field has one of these values."""
    return f"{name} IN ({', '.join(map(quoted, values))})"
