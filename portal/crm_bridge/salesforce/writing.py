"""Writing accounts, contacts, votes with their ideas, and tasks into Salesforce."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from portal.crm_bridge.gateway import Activity, Outcome, Row, Status
from portal.crm_bridge.salesforce.finding import Finder
from portal.crm_bridge.salesforce.loading import load
from portal.crm_bridge.salesforce.records import (
    IDS,
    OBJECTS,
    TASK,
    TASK_ID,
    begun,
    body,
    our_name,
)
from portal.crm_bridge.salesforce.sending import LOCKED, Result, Sender, code_of, outcome
from portal.crm_bridge.salesforce.voting import Ideas

LONGEST_SUBJECT, LONGEST_TEXT = 255, 32_000
TO_DO = "task"


class Writer:
    """Writes rows of one kind at a time."""

    def __init__(self, finder: Finder, sender: Sender, bulk_from: int) -> None:
        self.finder, self.sender, self.bulk_from = finder, sender, bulk_from
        self.ideas = Ideas(finder, sender)
        self._accounts: dict[str, str] = {}

    def upsert(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        """Write the rows, those of one account together."""
        refused = self._refused(kind, rows)
        links = self._links(kind, rows)
        order = sorted(range(len(rows)), key=lambda each: str(rows[each].fields.get("account") or ""))
        order = [each for each in order if each not in refused]
        new = [each for each in order if rows[each].ref.remote_id is None]
        known = [each for each in order if rows[each].ref.remote_id is not None]
        results = self._write_new(kind, [_new_body(kind, rows[each]) | links.get(each, {}) for each in new])
        results += self.sender.update([_body(kind, rows[each]) | links.get(each, {}) for each in known])
        told = dict(refused)
        for each, result in zip([*new, *known], results, strict=True):
            told[each] = outcome(result, str(rows[each].seq), rows[each].ref.remote_id, partial(_field, kind))
        return [told[each] for each in range(len(rows))]

    def _write_new(self, kind: str, bodies: Sequence[Mapping[str, Any]]) -> list[Result]:
        object_, id_name = OBJECTS[kind], IDS[kind]
        if len(bodies) < self.bulk_from:
            return self.sender.upsert(object_, id_name, bodies)
        results = load(self.sender.org, object_, id_name, bodies)
        locked = [each for each, result in enumerate(results) if code_of(result) == LOCKED]
        again = self.sender.upsert(object_, id_name, [bodies[each] for each in locked])
        for each, result in zip(locked, again, strict=True):
            results[each] = result
        return results

    def _refused(self, kind: str, rows: Sequence[Row]) -> dict[int, Outcome]:
        """Rows that are not sent: theirs was made one with that of somebody else of ours, or their idea was refused."""
        if kind == "vote":
            return self.ideas.write(rows)
        taken = self.finder.taken
        return {
            place: Outcome(
                Status.FAILED,
                message=f"It was merged into that of {taken[row.ref.external_id]}",
                permanent=True,
            )
            for place, row in enumerate(rows)
            if row.ref.remote_id is None and row.ref.external_id in taken
        }

    def _links(self, kind: str, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
        """Per row its look-ups. A contact is put under its account when it is new; after that, who works there moves it."""
        if kind == "account":
            return {}
        wanted = {
            place: str(row.fields["account"])
            for place, row in enumerate(rows)
            if row.fields.get("account") and (kind == "vote" or row.ref.remote_id is None)
        }
        if unknown := sorted(set(wanted.values()) - set(self._accounts)):
            self._accounts |= self.finder.ids("account", unknown)
        name = "Account__c" if kind == "vote" else "AccountId"
        links = {
            place: {name: self._accounts[each]} for place, each in wanted.items() if each in self._accounts
        }
        if kind == "vote":
            for place, row in enumerate(rows):
                links[place] = links.get(place, {}) | self.ideas.links(row)
        return links

    def add(self, activities: Sequence[Activity]) -> list[Outcome]:
        """Add tasks: what is to be done is open and belongs to the owner of the account, what happened is done. Those that
        are there already stay as they are."""
        known = self.finder.ids("contact", [each.contact.external_id for each in activities])
        tasks = self.finder.tasks([each.ref for each in activities])
        new = [each for each in activities if each.ref not in tasks and each.contact.external_id in known]
        contacts = [known[each.contact.external_id] for each in new]
        to_do = [contact for each, contact in zip(new, contacts, strict=True) if each.kind == TO_DO]
        owners = self.finder.owners(to_do) if to_do else {}
        bodies = [_task(each, contact, owners) for each, contact in zip(new, contacts, strict=True)]
        results = self.sender.upsert(TASK, TASK_ID, bodies)
        told = {
            each.ref: outcome(result, "", None, str) for each, result in zip(new, results, strict=True)
        } | {ref: Outcome(Status.UPDATED, task) for ref, task in tasks.items()}
        lacking = Outcome(Status.FAILED, message="No contact to hang it under")
        return [told.get(each.ref, lacking) for each in activities]


def _field(kind: str, name: str) -> str:
    return our_name(kind, name) or name


def _body(kind: str, row: Row) -> dict[str, Any]:
    return body(kind, row.ref.external_id, row.fields) | {"id": row.ref.remote_id}


def _new_body(kind: str, row: Row) -> dict[str, Any]:
    return body(kind, row.ref.external_id, row.fields) | begun(kind, row.fields)


def _task(activity: Activity, contact_id: str, owners: Mapping[str, str]) -> dict[str, Any]:
    is_open = activity.kind == TO_DO
    owner = {"OwnerId": owners[contact_id]} if is_open and contact_id in owners else {}
    details = [f"{name}: {value}" for name, value in activity.details.items()]
    return {
        "attributes": {"type": TASK},
        TASK_ID: activity.ref,
        "WhoId": contact_id,
        "Subject": activity.subject[:LONGEST_SUBJECT],
        "Description": "\n".join([activity.body, *details])[:LONGEST_TEXT],
        "ActivityDate": str(activity.details.get("due") or activity.occurred_at)[:10],
        "Status": "Not Started" if is_open else "Completed",
        **owner,
    }
