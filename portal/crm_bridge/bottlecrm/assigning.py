"""Assigning: an open task for whoever looks after the account, found again by the marker at the end of its notes."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.crm_bridge.bottlecrm.finding import Finder
from portal.crm_bridge.bottlecrm.votes import activity_body, mark_of
from portal.crm_bridge.bottlecrm.writing import GONE, REFUSES, refused
from portal.crm_bridge.gateway import Activity, Outcome, Status

TASK = "task"


class Assigner:
    """Makes one task at a time; for threads, so it asks the Caller itself."""

    def __init__(self, finder: Finder) -> None:
        self.call = finder.crm.caller.call

    def add(self, activity: Activity, contact_id: str) -> Outcome:
        """A task of the contact that nobody has begun. One that is there stays as people there made it."""
        there = self._there(contact_id)
        if there is None:
            return Outcome(Status.FAILED, message=f"No contact {activity.contact.external_id}")
        contact, known = there
        if activity.ref in known:
            return Outcome(Status.UPDATED, f"{contact_id}/{known[activity.ref]}")
        answer = self.call("POST", "tasks/", json=self._body(activity, contact), accept={*REFUSES, GONE})
        if answer.status != 200:
            return refused(answer)
        # BottleCRM does not say which one it made.
        _, known = self._there(contact_id) or ({}, {})
        return Outcome(Status.CREATED, f"{contact_id}/{known.get(activity.ref, '')}")

    def _there(self, contact_id: str) -> tuple[Mapping[str, Any], dict[str, str]] | None:
        """The contact and the tasks of ours that it has; None when there is no such contact."""
        answer = self.call("GET", f"contacts/{contact_id}/", accept={GONE})
        if answer.status == GONE:
            return None
        return answer.data["contact_obj"], ours(answer.data["tasks"])

    def _body(self, activity: Activity, contact: Mapping[str, Any]) -> dict[str, Any]:
        body = activity_body(activity)
        sent = {"title": body["subject"], "description": body["body"], "status": "New", "priority": "High"}
        sent |= {"contacts": [str(contact["id"])], "assigned_to": self._owners(contact)}
        due = activity.details.get("due")
        account = {"account": str(contact["account"])} if contact.get("account") else {}
        return sent | account | ({"due_date": due} if due else {})

    def _owners(self, contact: Mapping[str, Any]) -> list[str]:
        """Who looks after the account there, else after the contact."""
        assigned: Iterable[Mapping[str, Any]] = ()
        if contact.get("account"):
            answer = self.call("GET", f"accounts/{contact['account']}/", accept={GONE})
            assigned = answer.data["account_obj"]["assigned_to"] if answer.status != GONE else ()
        return [str(each["id"]) for each in assigned or contact.get("assigned_to") or ()]


def ours(tasks: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Our reference -> the id of the task; of two the older."""
    newest_first = sorted(tasks, key=lambda each: str(each["created_at"]), reverse=True)
    marked = ((mark_of({"body": each["description"] or ""}), str(each["id"])) for each in newest_first)
    return {mark: key for mark, key in marked if mark}
