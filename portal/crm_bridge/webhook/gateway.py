"""Signed messages behind the gateway: one CloudEvent for each canonical record that changed.

The id of a message stays the same while it is tried again, so a receiver that keeps ids takes each once. What the
receiver holds cannot be asked for; the id of a record there is ours.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from portal.crm_bridge.calling.asking import Caller
from portal.crm_bridge.calling.signing import key_of, signed
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import (
    Activity,
    Changed,
    CrmError,
    Description,
    Held,
    Identity,
    Key,
    Kind,
    Outcome,
    Ref,
    Row,
    Status,
)
from portal.crm_bridge.webhook.declaration import DECLARATION

WAITS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds until a message is tried again; Standard Webhooks, "Retry schedule"."""

IN_A_ROW = 5
"""So many messages that fail one after the other are the receiver's trouble, not theirs."""

GONE = 410
OF_THE_MESSAGE = frozenset(range(500, 600)) - {503, 504}
"""Statuses that may be about one message only; by the others the receiver says that it takes none."""

ANSWERS = frozenset({GONE}) | OF_THE_MESSAGE
UNREADABLE = "A webhook cannot be read back: what the receiver holds is not known"
NAMES = {"contact": "participant"}

TO_DO = ("task", "case")
"""What rules ask for. It is no canonical record, so it has no schema."""


class Webhook:
    """`address` and `secret` in the settings are where messages go and what signs them."""

    def __init__(self, settings: Mapping[str, str], wire: Wire | None = None) -> None:
        self.settings = settings
        self.wire = wire or Wire()
        self.secrets = [each for each in (settings["secret"], settings.get("old_secret")) if each]
        for each in self.secrets:
            try:
                key_of(each)
            except ValueError as error:
                raise CrmError(f"The secret cannot be used: {error}", permanent=False, auth=True) from error
        self.caller = Caller(settings["address"], self.wire)
        self.failures = 0

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=int(self.settings.get("batch") or 25))

    def introduce(self) -> Identity:
        """A signed message that speaks of nobody. Whoever takes it knows the secret, or does not look at it."""
        key = f"test:{self.wire.now().timestamp():.6f}"
        failed = self._send(key, "connection.tested", "connection", {"id": "connection"}, 0)
        if failed:
            raise CrmError(f"The receiver did not take a test message: {failed.message}", permanent=False)
        sender = f"the sender {self.settings.get('source') or '/community'}"
        return Identity(sender, self.settings["address"], writes=True)

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return []

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return []

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        return [None] * len(keys)

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        return _one_by_one(lambda row: self._write(kind, row), rows)

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        return _one_by_one(self._add, activities)

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        return Changed([], cursor)

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        raise CrmError(UNREADABLE, permanent=True)

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        outcomes = []
        for ref in refs:
            # An erasure is sent again as a new message: twice does no harm, and a second one must not be dropped.
            key = f"{ref.external_id}:erased:{self.wire.now().timestamp():.6f}"
            data = {"id": ref.external_id, "status": "erased"}
            failed = self._send(key, f"{NAMES.get(kind, kind)}.erased", ref.external_id, data, 0)
            outcomes.append(failed or Outcome(Status.ERASED, remote_id=ref.remote_id))
        return outcomes

    def close(self) -> None:
        self.caller.close()

    def _write(self, kind: str, row: Row) -> Outcome:
        """One message for each record; without canonical records, one with the fields."""
        name = NAMES.get(kind, kind)
        subject = row.ref.external_id
        records = row.records or ({"id": subject, "fields": dict(row.fields)},)
        for record in records:
            about = "reputation" if "points" in record else name
            key = f"{row.key or f'{subject}:{row.seq}'}:{about}"
            data = {**record, "seq": row.seq}
            if failed := self._send(key, f"{about}.changed", subject, data, row.tries):
                return failed
        status = Status.UPDATED if row.ref.remote_id else Status.CREATED
        return Outcome(status, remote_id=subject, version=str(row.seq))

    def _add(self, activity: Activity) -> Outcome:
        data = dict(activity.details) or asdict(activity)
        kind = f"{activity.kind if activity.kind in TO_DO else 'interaction'}.added"
        failed = self._send(activity.ref, kind, activity.contact.external_id, data, 0)
        return failed or Outcome(Status.CREATED, remote_id=activity.ref)

    def _send(self, key: str, kind: str, subject: str, data: Mapping[str, Any], tries: int) -> Outcome | None:
        """Send one message; what became of it if it was not taken. Raises CrmError for what is no fault of its own."""
        body = self._body(key, kind, subject, data)
        headers = {
            "content-type": "application/cloudevents+json; charset=utf-8",
            **signed(self.secrets, key, self.wire.now(), body),
        }
        try:
            answer = self.caller.call(
                "POST", self.settings["address"], content=body, headers=headers, reads=False, accept=ANSWERS
            )
        except CrmError as error:
            if error.permanent:
                return Outcome(Status.FAILED, message=str(error), permanent=True)
            raise
        if answer.status == GONE:
            raise CrmError("The receiver wants no more messages (410)", permanent=False, ended=True)
        if answer.status < 500:
            self.failures = 0
            return None
        return self._failed(f"The receiver answered {answer.status}: {answer.words}", tries)

    def _body(self, key: str, kind: str, subject: str, data: Mapping[str, Any]) -> bytes:
        """A CloudEvent 1.0 in structured mode."""
        name = kind.partition(".")[0]
        event = {
            "specversion": "1.0",
            "id": key,
            "source": self.settings.get("source") or "/community",
            "type": f"community.{kind}",
            "subject": subject,
            "time": f"{self.wire.now():%Y-%m-%dT%H:%M:%SZ}",
            "datacontenttype": "application/json",
            **({} if name in TO_DO else {"dataschema": f"community.{name}.v1"}),
            "data": data,
        }
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()

    def _failed(self, message: str, tries: int) -> Outcome:
        self.failures += 1
        if self.failures >= IN_A_ROW:
            raise CrmError(message, permanent=False)
        if tries >= len(WAITS):
            return Outcome(
                Status.FAILED, message=f"Given up after {tries + 1} tries: {message}", permanent=True
            )
        wait = WAITS[tries] * (0.8 + 0.4 * self.wire.chance())
        return Outcome(Status.FAILED, message=message, wait=wait)


def _one_by_one(send: Callable[[Any], Outcome], items: Sequence[Any]) -> list[Outcome]:
    """What became of each. Where the receiver takes no more in the middle, the rest waits; what it took it took."""
    outcomes: list[Outcome] = []
    for item in items:
        try:
            outcomes.append(send(item))
        except CrmError as error:
            if error.ended or all(each.status is Status.FAILED for each in outcomes):
                raise
            rest = Outcome(Status.FAILED, message=str(error), wait=0)
            return outcomes + [rest] * (len(items) - len(outcomes))
    return outcomes
