"""Which role may do what: one table, read by views, acts and templates alike."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    CUSTOMER = "customer"
    MODERATOR = "moderator"
    PRODUCT_MANAGER = "product_manager"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """The role in words: "Product manager"."""
        return self.value.replace("_", " ").capitalize()


class Permission(StrEnum):
    """What staff may do beyond what every signed-in person may."""

    MODERATE = "moderate"
    """Judge flags, hide, restore, lock, and see what is hidden."""
    DECIDE = "decide"
    """Set the status of an idea and give the official answer."""
    EXPORT = "export"
    """Take lists with voters and revenue out."""
    ACCEPT = "accept"
    """Accept an answer to somebody else's question."""
    SEE_RECORD = "see_record"
    """See what the CRM knows and got, revenue and tiers."""
    ADMINISTER = "administer"
    """Change roles, boards, categories, companies; see health."""


STAFF = frozenset({Role.MODERATOR, Role.PRODUCT_MANAGER, Role.ADMIN})

PERMISSIONS: Mapping[Permission, frozenset[str]] = MappingProxyType(
    {
        Permission.MODERATE: frozenset({Role.MODERATOR, Role.ADMIN}),
        Permission.DECIDE: frozenset({Role.PRODUCT_MANAGER, Role.ADMIN}),
        Permission.EXPORT: frozenset({Role.PRODUCT_MANAGER, Role.ADMIN}),
        Permission.ACCEPT: STAFF,
        Permission.SEE_RECORD: frozenset({Role.PRODUCT_MANAGER, Role.ADMIN}),
        Permission.ADMINISTER: frozenset({Role.ADMIN}),
    }
)
