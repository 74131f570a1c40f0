"""Tables of people and companies."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_security.core import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from portal.accounts.permissions import PERMISSIONS, STAFF, Permission, Role
from portal.database import Id, Model


class Company(Model):
    """A customer's firm, with what the CRM knows of it. `revenue` is a year's, in `currency`."""

    __tablename__ = "company"
    __table_args__ = (
        sa.CheckConstraint("revenue >= 0", name="revenue_not_negative"),
        sa.Index(None, "source_system", "source_id", unique=True),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    tier: Mapped[str | None] = mapped_column(sa.String(40))
    segment: Mapped[str | None] = mapped_column(sa.String(80))
    revenue: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2))
    currency: Mapped[str] = mapped_column(sa.String(3), default="EUR")
    owner: Mapped[str | None] = mapped_column(sa.String(120))
    renews_on: Mapped[date | None]
    crm_id: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    crm_read_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    source_system: Mapped[str | None] = mapped_column(sa.String(120))
    source_id: Mapped[str | None] = mapped_column(sa.String(120))

    @property
    def slug_source(self) -> str:
        """What the readable part of the address is made of."""
        return self.name


class CompanyDomain(Model):
    """A mail domain whose verified owners belong to the company. Never a free-mail domain."""

    __tablename__ = "company_domain"

    domain: Mapped[str] = mapped_column(sa.String(253), primary_key=True)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("company.id"), index=True)


class Person(UserMixin, Model):
    """Somebody with an account here, or an author who was imported (then without mail and password)."""

    __tablename__ = "person"
    __table_args__ = (
        sa.UniqueConstraint("source_system", "source_id"),
        sa.CheckConstraint("role IN ('customer', 'moderator', 'product_manager', 'admin')", name="role"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)  # type: ignore[assignment]
    password: Mapped[str | None] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    role: Mapped[str] = mapped_column(sa.String(20), default=Role.CUSTOMER)
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id"), index=True)
    company: Mapped[Company | None] = relationship(lazy="raise")
    about: Mapped[str] = mapped_column(sa.String(500), default="")
    created_at: Mapped[datetime]
    last_active_at: Mapped[datetime | None]
    reputation: Mapped[int] = mapped_column(default=0)
    accepted_answers: Mapped[int] = mapped_column(default=0)
    crm_consent: Mapped[bool] = mapped_column(default=False)
    crm_consent_at: Mapped[datetime | None]
    mail_opt_out_at: Mapped[datetime | None]
    """When a CRM said that this person wants no news by mail; mails about the account go out all the same."""
    erased_at: Mapped[datetime | None]
    imported_reputation: Mapped[int | None]
    source_system: Mapped[str | None] = mapped_column(sa.String(120))
    source_id: Mapped[str | None] = mapped_column(sa.String(120))
    source_url: Mapped[str | None] = mapped_column(sa.String(500))
    unread: Mapped[int | None] = query_expression()
    """How many notices wait, for whoever signed in (read in the same query); None of anybody else."""

    @property
    def slug_source(self) -> str:
        """What the readable part of the address is made of."""
        return self.name

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def roles(self) -> list["NamedRole"]:  # type: ignore[override]
        """For Flask-Security, which asks by role name."""
        return [NamedRole(self.role)]

    def may(self, permission: Permission | str) -> bool:
        """Whether the role of this person allows it."""
        return self.role in PERMISSIONS[Permission(permission)]


@dataclass(frozen=True)
class NamedRole:
    """The shape in which Flask-Security reads a role."""

    name: str

    def get_permissions(self) -> set[str]:
        return {str(each) for each, roles in PERMISSIONS.items() if self.name in roles}


class Stranger:
    """The viewer who has not signed in."""

    id = None
    name = ""
    role = ""
    company_id = None
    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_staff = False
    roles: tuple[()] = ()

    def get_id(self) -> None:
        return None

    def may(self, _permission: Permission | str) -> bool:
        return False

    def has_role(self, *_names: Any) -> bool:
        return False


Viewer = Person | Stranger


class Erasure(Model):
    """That a person was erased: when, by whom (None at the command line), why, and whether their texts went too.

    `cleared` says how many rows of what went or were blanked. `mail_mark` is a keyed hash of the address, by which an import knows them again (portal/accounts/burying.py).
    """

    __tablename__ = "erasure"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    texts: Mapped[bool] = mapped_column(default=False)
    mail_mark: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    cleared: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))


class LastMail(Model):
    """The last mail to an address that is not kept: it stays here until it is sent, and no longer than a few days.
    The address is encrypted meanwhile."""

    __tablename__ = "last_mail"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sealed_to: Mapped[str] = mapped_column(sa.Text)
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    posted_at: Mapped[datetime]
    next_at: Mapped[datetime] = mapped_column(index=True)


class Standing(StrEnum):
    """Why somebody may or may not sign in."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    IMPORTED = "imported"
    CLOSED = "closed"


class SignInSession(Model):
    """One signed-in browser. The cookie holds the token; we keep its SHA-256."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    browser: Mapped[str] = mapped_column(sa.String(200), default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def device(self) -> str:
        """The browser in words that a person recognises: "Firefox on Windows"."""
        return " on ".join(_first_of(names, self.browser) for names in (BROWSERS, SYSTEMS))


BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS": "Firefox", "Chrom": "Chrome"} | {
    "CriOS": "Chrome",
    "Safari/": "Safari",
    "": "A browser",
}
SYSTEMS = {"Windows": "Windows", "iPhone": "an iPhone", "iPad": "an iPad", "Android": "Android"} | {
    "Macintosh": "a Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
    "": "a device we do not know",
}


def _first_of(names: dict[str, str], browser: str) -> str:
    """Many browsers name several others, so the order of the names decides."""
    return next(name for mark, name in names.items() if mark in browser)
