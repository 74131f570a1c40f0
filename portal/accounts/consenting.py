"""Giving and withdrawing consent to be written into the CRM."""

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ConsentChanged


def consent(person: Person, *, granted: bool) -> bool:
    """Record what the person says; False when it is what they said before."""
    if person.crm_consent == granted:
        return False
    person.crm_consent, person.crm_consent_at = granted, clock.now()
    journal.record(ConsentChanged(actor_id=person.id, person_id=person.id, granted=granted))
    return True
