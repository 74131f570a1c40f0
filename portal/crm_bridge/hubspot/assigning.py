"""Assigning: an open task for whoever owns the company, beside the contact, its company and the deal that is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from portal.crm_bridge.gateway import Activity, CrmError, Outcome, Status
from portal.crm_bridge.hubspot.associating import associate, associated, beside
from portal.crm_bridge.hubspot.hanging import MARK, Hanging, said

TASK = "task"
BODY, OWNER, COMPANY = "hs_task_body", "hubspot_owner_id", "associatedcompanyid"
TO_CONTACT, TO_COMPANY = 204, 192
"""The types of the associations of a task."""

BREAK = "<br>"
LONGEST_SUBJECT, LONGEST_TEXT = 255, 10_000


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a task stands, and whose it is."""

    contact: str
    company: str = ""
    owner: str = ""


class Tasks(Hanging):
    """Makes tasks that nobody has begun. One that is there stays as people there made it."""

    type_, body = "tasks", BODY

    def add(self, activities: Sequence[Activity]) -> list[Outcome]:
        """Add those that are not there yet."""
        return self.add_to(activities, self._make)

    def _make(self, new: Sequence[tuple[Activity, str]]) -> list[Outcome]:
        places = self._places(sorted({contact for _, contact in new}))
        told = said(self.create([_task(each, places[contact]) for each, contact in new]))
        # An owner who has left takes none any more; then it is nobody's, rather than not there.
        nobodys = [at for at, each in enumerate(told) if each.status is Status.FAILED and each.field == OWNER]
        alone = [_task(new[at][0], _without_owner(places[new[at][1]])) for at in nobodys]
        for at, each in zip(nobodys, said(self.create(alone)), strict=True):
            told[at] = each
        made = [
            (str(each.remote_id), places[contact].company)
            for (_, contact), each in zip(new, told, strict=True)
            if each.status is Status.CREATED and places[contact].company
        ]
        self._stand_beside_deals(made)
        return told

    def _places(self, contacts: Sequence[str]) -> dict[str, _Place]:
        """Per contact its company, and the owner of that, else its own."""
        read = self.org.read(self.org.path("objects", "contacts/batch/read"), contacts, [OWNER, COMPANY])
        of_contact = {str(each["id"]): each["properties"] for each in read}
        companies = sorted({str(each[COMPANY]) for each in of_contact.values() if each.get(COMPANY)})
        path = self.org.path("objects", "companies/batch/read")
        found = self.org.read(path, companies, [OWNER]) if companies else []
        owners = {str(each["id"]): each["properties"].get(OWNER) for each in found}

        def place(contact: str) -> _Place:
            own = of_contact.get(contact, {})
            company = str(own.get(COMPANY) or "")
            return _Place(contact, company, str(owners.get(company) or own.get(OWNER) or ""))

        return {each: place(each) for each in contacts}

    def _stand_beside_deals(self, made: Sequence[tuple[str, str]]) -> None:
        """Put tasks of companies beside the deal of that company, where exactly one is open; where our key may not see
        deals, beside none."""
        companies = sorted({company for _, company in made})
        try:
            deals = self._open_deals(companies) if companies else {}
            associate(
                self.org,
                "tasks",
                "deals",
                [(task, deals[company]) for task, company in made if company in deals],
            )
        except CrmError as error:
            if not (error.auth or error.permanent):
                raise

    def _open_deals(self, companies: Sequence[str]) -> dict[str, str]:
        listed = associated(self.org, "companies", companies, "deals")
        ids = sorted({each for some in listed.values() for each in some})
        path = self.org.path("objects", "deals/batch/read")
        read = self.org.read(path, ids, ["hs_is_closed"]) if ids else []
        is_open = {str(each["id"]) for each in read if each["properties"].get("hs_is_closed") != "true"}
        left = {company: is_open.intersection(some) for company, some in listed.items()}
        return {company: next(iter(some)) for company, some in left.items() if len(some) == 1}


def _without_owner(place: _Place) -> _Place:
    return _Place(place.contact, place.company)


def _task(activity: Activity, place: _Place) -> dict[str, Any]:
    lines = [activity.body, *(f"{name}: {each}" for name, each in activity.details.items())]
    text = escape("\n".join(lines)[:LONGEST_TEXT]).replace("\n", BREAK)
    due = activity.details.get("due")
    properties = {
        "hs_task_subject": activity.subject[:LONGEST_SUBJECT],
        BODY: f"{text}{BREAK}community {MARK}{activity.ref}",
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "TODO",
        "hs_task_priority": "HIGH",
        "hs_timestamp": f"{due}T12:00:00Z" if due else activity.occurred_at,
        **({OWNER: place.owner} if place.owner else {}),
    }
    companies = [beside(place.company, TO_COMPANY)] if place.company else []
    return {"properties": properties, "associations": [beside(place.contact, TO_CONTACT), *companies]}
