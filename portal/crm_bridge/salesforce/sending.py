"""Sending rows to Salesforce by calls on collections, and what became of each.

The answer is 200 even when rows fail; results stand in the order of the rows. Rows of one account go together and one
call is made after the other, so that we never wait for our own locks. What others lock is sent again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portal.crm_bridge.calling.pacing import backoff
from portal.crm_bridge.gateway import Outcome, Status
from portal.crm_bridge.salesforce.asking import TOGETHER, Asker, parts

TRIES = 6
LOCKED = "UNABLE_TO_LOCK_ROW"
PASSING = frozenset(
    {LOCKED, "SERVER_UNAVAILABLE", "REQUEST_RUNNING_TOO_LONG", "QUERY_TIMEOUT", "UNKNOWN_EXCEPTION"}
)
"""Codes that say nothing against the row."""

GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID", "NOT_FOUND"})
Body = Mapping[str, Any]
Result = Mapping[str, Any]
Send = Callable[[Sequence[Body]], Sequence[Result]]


class Sender:
    """Sends bodies; returns a result for each, in their order."""

    def __init__(self, org: Asker) -> None:
        self.org = org
        allowed = org.settings["duplicates"] == "allow"
        self.headers = {"sforce-duplicate-rule-header": "allowSave=true"} if allowed else {}

    def upsert(self, object_: str, id_name: str, bodies: Sequence[Body]) -> list[Result]:
        """Create or change by our id."""
        return self._insist(bodies, lambda part: self._patch(f"composite/sobjects/{object_}/{id_name}", part))

    def update(self, bodies: Sequence[Body]) -> list[Result]:
        """Change by the id there, which stands in each body."""
        return self._insist(bodies, lambda part: self._patch("composite/sobjects", part))

    def delete(self, ids: Sequence[str]) -> list[Result]:
        """Put records into the bin."""
        return self._insist([{"id": each} for each in ids], self._delete)

    def _patch(self, path: str, bodies: Sequence[Body]) -> Sequence[Result]:
        sent = {"allOrNone": False, "records": list(bodies)}
        return self.org.rows("PATCH", path, len(bodies), json=sent, headers=self.headers)

    def _delete(self, bodies: Sequence[Body]) -> Sequence[Result]:
        params = {"ids": ",".join(str(each["id"]) for each in bodies), "allOrNone": "false"}
        return self.org.rows("DELETE", "composite/sobjects", len(bodies), params=params)

    def _insist(self, bodies: Sequence[Body], send: Send) -> list[Result]:
        """Send in parts; rows that somebody else locks are sent again, with a drawn wait before."""
        results: dict[int, Result] = {}
        left = list(range(len(bodies)))
        for attempt in range(TRIES):
            for part in parts(left, TOGETHER):
                results |= dict(zip(part, send([bodies[each] for each in part]), strict=True))
            left = [each for each in left if code_of(results[each]) == LOCKED]
            if not left or attempt == TRIES - 1:
                break
            self.org.wire.sleep(backoff(attempt, self.org.wire.chance()))
        return [results[each] for each in range(len(bodies))]


def code_of(result: Result) -> str:
    """The code of the first error of a result; "" when there is none."""
    errors = result.get("errors") or [{}]
    return str(errors[0].get("statusCode") or "")


def outcome(result: Result, version: str, known: str | None, field_name: Callable[[str], str]) -> Outcome:
    """What became of a row. `known` is the id by which it was sent, if it was."""
    if result.get("success"):
        status = Status.CREATED if result.get("created") else Status.UPDATED
        return Outcome(status, str(result.get("id") or known), version)
    error = (result.get("errors") or [{}])[0]
    code, fields = code_of(result), [each for each in error.get("fields") or () if each.casefold() != "id"]
    message = f"{code}: {error.get('message')}"
    if code in GONE and not fields and known:
        return Outcome(Status.GONE, message=message)
    permanent = code not in PASSING and code not in GONE
    return Outcome(
        Status.FAILED,
        known,
        message=message,
        field=field_name(fields[0]) if fields else "",
        permanent=permanent,
    )
