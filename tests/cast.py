"""The small cast of every story."""

from dataclasses import dataclass
from typing import Any

from portal.accounts.models import Company, Person, Stranger
from portal.accounts.permissions import Role


@dataclass(frozen=True)
class Cast:
    """Ines and Tomas are customers of two companies; Mo moderates, Mira decides, Ada runs it."""

    customer: Person
    other_customer: Person
    moderator: Person
    product_manager: Person
    admin: Person
    stranger: Stranger
    company: Company
    other_company: Company

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


ACTORS = ("stranger", "customer", "other_customer", "moderator", "product_manager", "admin")


def assemble(make: Any) -> Cast:
    """Everybody, committed."""
    northwind = make.company(name="Northwind Utilities", tier="enterprise", revenue=120_000)
    harbor = make.company(name="Harbor Foods", tier="small", revenue=9_000)
    return Cast(
        customer=make.person(name="Ines Duarte", company=northwind),
        other_customer=make.person(name="Tomas Lind", company=harbor),
        moderator=make.person(name="Mo Adeyemi", role=Role.MODERATOR),
        product_manager=make.person(name="Mira Kovač", role=Role.PRODUCT_MANAGER),
        admin=make.person(name="Ada Byrne", role=Role.ADMIN),
        stranger=Stranger(),
        company=northwind,
        other_company=harbor,
    )


def sign_in(browser: Any, person: Person) -> None:
    """Give the browser the cookie of somebody who signed in."""
    with browser.session_transaction() as session:
        session["_user_id"] = person.fs_uniquifier
        session["_fresh"] = True
