"""Putting a person into a company by hand, where the mail address does not say it."""

from portal.accounts.models import Company, Person
from portal.accounts.permissions import Permission
from portal.activity import journal
from portal.activity.events import PersonChanged
from portal.errors import NotAllowed


def place(person: Person, company: Company | None, *, by: Person) -> bool:
    """Set the company, or none; False when it is so already. Raises NotAllowed when `by` does not administer."""
    if not by.may(Permission.ADMINISTER):
        raise NotAllowed("Only an admin puts people into companies.")
    company_id = company.id if company else None
    if person.company_id == company_id:
        return False
    person.company_id = company_id
    journal.record(PersonChanged(actor_id=by.id, person_id=person.id, fields=["company"]))
    return True
