"""Asking Dataverse: reads page by page, writes in batches."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from portal.crm_bridge.calling.asking import Caller
from portal.crm_bridge.calling.following import pages
from portal.crm_bridge.calling.judging import Answer
from portal.crm_bridge.calling.manners import Headers, Manners
from portal.crm_bridge.calling.pacing import Rate
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.dataverse.batching import BOUNDARY, Done, Operation, content, read
from portal.crm_bridge.dataverse.signing import Door, sign_in

TOGETHER = 100
ODATA = {"odata-version": "4.0", "odata-maxversion": "4.0"}
RATE = Rate(6_000, 300)
"""So many calls in five minutes a user may make.

https://learn.microsoft.com/power-apps/developer/data-platform/api-limits
"""
Item = TypeVar("Item")


class Asker:
    """Calls one environment. It does not say how much of its limits is left."""

    def __init__(self, settings: Mapping[str, str], wire: Wire) -> None:
        self.settings, self.wire = settings, wire
        self.address = settings["url"].rstrip("/")
        self.root = f"/api/data/v{settings['version']}"
        self.door = Door(settings["login"].rstrip("/"), wire)
        self.caller = Caller(self.address, wire, Manners(sign_in=self._sign_in, rate=RATE))

    def _sign_in(self, _: bool) -> Headers:
        return sign_in(self.settings, self.door)

    def call(self, method: str, path: str, headers: Headers | None = None, **options: Any) -> Answer:
        """One call below the root of the version, or to a link that Dataverse gave."""
        path = path.removeprefix(self.address)
        path = path if path.startswith("/") else f"{self.root}/{path}"
        return self.caller.call(method, path, headers={**ODATA, **(headers or {})}, **options)

    def rows(
        self, path: str, params: Mapping[str, str], headers: Headers | None = None
    ) -> list[dict[str, Any]]:
        """All rows of a query."""
        data = self.call("GET", path, headers, params=params).data
        found = list(data["value"])
        for _ in pages():
            link = data.get("@odata.nextLink")
            if not link:
                break
            data = self.call("GET", link, headers).data
            found += data["value"]
        return found

    def write(self, operations: Sequence[Operation]) -> list[Done]:
        """What became of each operation. Each may be carried out twice without harm."""
        kind = {"content-type": f"multipart/mixed; boundary={BOUNDARY}", "accept": "multipart/mixed"}
        headers = {**kind, "prefer": "odata.continue-on-error"}
        done: list[Done] = []
        for part in parts(operations):
            sent = content(self.root, part)
            answer = self.call("POST", "$batch", headers, content=sent, again=True)
            done += read(answer.headers.get("content-type", ""), answer.text, len(part))
        return done

    def close(self) -> None:
        """Let go of the connections."""
        self.caller.close()
        self.door.close()


def parts(items: Sequence[Item], size: int = TOGETHER) -> Iterator[Sequence[Item]]:
    """The items in parts that a call may carry."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def one_of(name: str, values: Sequence[str]) -> str:
    """A condition: the column has one of these values."""
    listed = ",".join(quoted(each) for each in values)
    return f"Microsoft.Dynamics.CRM.In(PropertyName='{name}',PropertyValues=[{listed}])"


def quoted(text: str) -> str:
    """A text in a filter or a key."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
