"""The small cast of every story."""

from dataclasses import dataclass
from typing import Any

from portal import clock
from portal.accounts import signing_in
from portal.accounts.models import Company, Person, Stranger
from portal.accounts.permissions import Role
from portal.database import db


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
    with make.in_one_transaction(numbered=False):
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
    """Give the browser the cookie of somebody who signed in just now."""
    token = signing_in.begin(person, browser="A browser of the tests")
    db.session.commit()
    with browser.session_transaction() as session:
        session["_user_id"] = token
        session["fs_paa"] = clock.now().timestamp()


def hash_cheaply(app: Any) -> None:
    """The cost of a password is a number of the portal's own configuration; in tests it would only cost time."""
    app.extensions["security"].pwd_context.update(
        argon2__memory_cost=8, argon2__rounds=1, argon2__parallelism=1
    )
