"""Changing what an account says: name, words about oneself, mail address, password."""

from portal import clock
from portal.accounts import signing_in
from portal.accounts.matching import company_of
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import PersonChanged


def change_profile(person: Person, *, name: str, about: str) -> bool:
    """New name and words about oneself; False when both are as they were."""
    fields = [field for field, new in (("name", name), ("about", about)) if getattr(person, field) != new]
    if not fields:
        return False
    person.name, person.about = name, about
    journal.record(PersonChanged(actor_id=person.id, person_id=person.id, fields=fields))
    return True


def change_mail(person: Person, email: str) -> None:
    """A new address that was verified. The company follows its domain.

    Somebody whom staff put into a company by hand stays there. Raises IntegrityError when the address is taken.
    """
    fields = ["email"]
    new = company_of(email)
    if new is None and person.company_id != company_of(person.email):
        new = person.company_id
    if new != person.company_id:
        fields.append("company")
    person.email, person.company_id, person.confirmed_at = email, new, clock.now()
    journal.record(PersonChanged(actor_id=person.id, person_id=person.id, fields=fields))


def note_new_password(person: Person, *, but: str = "") -> None:
    """The password was changed or set anew: every session ends, `but` the one of this token."""
    signing_in.end_all(person, but=but)
    journal.record(PersonChanged(actor_id=person.id, person_id=person.id, fields=["password"]))
