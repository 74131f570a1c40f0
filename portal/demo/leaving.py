"""Leaving the demo: somebody had their account deleted, so that what stays without a name is to be seen."""

from collections.abc import Mapping

from portal.accounts.erasing import erase
from portal.accounts.models import Person

WHO = "zdenek"


def leave(people: Mapping[str, Person]) -> None:
    """Their idea, comments and votes stay."""
    if person := people.get(WHO):
        erase(person, by=person)
