"""Writing into BottleCRM, record by record."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from portal.crm_bridge.bottlecrm.finding import Finder, Record
from portal.crm_bridge.bottlecrm.records import MADE, PATHS, PREFIX, body, refused_field
from portal.crm_bridge.bottlecrm.votes import vote_body, vote_fields
from portal.crm_bridge.calling.judging import Answer
from portal.crm_bridge.gateway import CrmError, Key, Outcome, Row, Status

Votes = dict[str, Record]
"""What hangs under a contact of ours, by our id."""

REFUSES = frozenset({400, 409})
GONE = 404


def refused(answer: Answer) -> Outcome:
    """What BottleCRM refused for good, in its words."""
    return Outcome(Status.FAILED, message=answer.words, field=refused_field(answer.data), permanent=True)


class Writer:
    """Writes one record at a time; for threads, so it asks the Caller itself."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.call = finder.crm.caller.call
        self.kept: dict[str, frozenset[str]] = {}
        """The custom fields that BottleCRM keeps, by kind; what it does not keep it drops without a word."""

    def record(self, kind: str, row: Row, more: dict[str, Any]) -> Outcome:
        """Write a contact or an account. `more` are links of BottleCRM's own."""
        sent = body(kind, row.ref.external_id, row.fields) | more
        if row.ref.remote_id:
            if self.finder.was_joined(row.ref.external_id, row.ref.remote_id):
                sent["custom_fields"][MADE] = False
            return self._change(kind, row, row.ref.remote_id, sent)
        sent["custom_fields"][MADE] = True
        try:
            answer = self.call("POST", f"{PATHS[kind]}/", json=sent, accept=REFUSES)
        except CrmError as error:
            if error.auth:
                raise
            return self._adopt(kind, row, more, Outcome(Status.FAILED, message=str(error)))
        if answer.status in REFUSES:
            return self._adopt(kind, row, more, refused(answer))
        return self._done(kind, row, Status.CREATED, str(answer.data["id"]))

    def _adopt(self, kind: str, row: Row, more: dict[str, Any], otherwise: Outcome) -> Outcome:
        """Somebody may have made it just now, or we did and heard no answer: then it is that one."""
        email = row.fields.get("email")
        key = Key(row.ref.external_id, str(email) if kind == "contact" and email else None)
        found = self.finder.ask(kind, key)
        if found is None:
            return otherwise
        return self._change(kind, row, str(found["id"]), body(kind, row.ref.external_id, row.fields) | more)

    def _change(self, kind: str, row: Row, remote_id: str, sent: Mapping[str, Any]) -> Outcome:
        answer = self.call(
            "PATCH", f"{PATHS[kind]}/{remote_id}/", json=sent, accept={*REFUSES, GONE}, again=True
        )
        if answer.status == GONE:
            self.finder.gone[row.ref.external_id] = remote_id
            return Outcome(Status.GONE, message=f"No {kind} {remote_id}")
        return (
            refused(answer) if answer.status in REFUSES else self._done(kind, row, Status.UPDATED, remote_id)
        )

    def _done(self, kind: str, row: Row, status: Status, remote_id: str) -> Outcome:
        kept = self.kept.get(kind)
        names = [name for name in row.fields if kept is not None and f"{PREFIX}{name}" not in kept]
        dropped = [name for name in names if name not in ("name", "email")]
        message = f"BottleCRM keeps no field {', '.join(sorted(dropped))}" if dropped else ""
        return Outcome(status, remote_id, version=str(row.seq), message=message)

    def vote(self, contact_id: str, row: Row, known: Votes) -> Outcome:
        """Write a vote of a contact under which these hang; it is among them then."""
        there = known.get(row.ref.external_id)
        if there is None and row.ref.remote_id:
            return Outcome(Status.GONE, message=f"No vote {row.ref.remote_id}")
        fields = {**(vote_fields(there) if there else {}), **row.fields}
        sent = vote_body(row.ref.external_id, fields)
        outcome = self._interaction(contact_id, row, partial(self._send, contact_id, there, sent))
        if outcome.remote_id:
            id_ = outcome.remote_id.rpartition("/")[2]
            known[row.ref.external_id] = {**sent, "id": id_, "contact": contact_id, "created_at": row.seq}
        return outcome

    def _send(
        self, contact_id: str, there: Record | None, sent: Mapping[str, Any], accept: set[int]
    ) -> Answer:
        if there is None:
            return self.call("POST", "interactions/", json={**sent, "contact": contact_id}, accept=accept)
        return self.call("PATCH", f"interactions/{there['id']}/", json=sent, accept=accept, again=True)

    def _interaction(self, contact_id: str, row: Row, send: Callable[[set[int]], Answer]) -> Outcome:
        try:
            answer = send({*REFUSES, GONE})
        except CrmError as error:
            if error.auth:
                raise
            return Outcome(Status.FAILED, message=str(error))
        if answer.status == GONE:
            return Outcome(Status.FAILED, message=f"No contact {contact_id}, or no such vote any more")
        if answer.status in REFUSES:
            return refused(answer)
        status = Status.CREATED if answer.status == 201 else Status.UPDATED
        return Outcome(status, f"{contact_id}/{answer.data['id']}", version=str(row.seq))
