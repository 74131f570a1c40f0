"""Viewers of one kind, for statements that are put together once for all of them."""

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.accounts.permissions import PERMISSIONS, STAFF, Permission
from portal.database import Id

_PERSON = sa.bindparam("viewer_id", type_=Id)
_COMPANY = sa.bindparam("viewer_company_id", type_=Id)


@dataclass(frozen=True)
class _Kind:
    """Of a viewer what decides how a statement is put together; their numbers are parameters of it."""

    role: str
    is_authenticated: bool
    has_company: bool

    @property
    def id(self) -> Any:
        return _PERSON if self.is_authenticated else None

    @property
    def company_id(self) -> Any:
        return _COMPANY if self.has_company else None

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    def may(self, permission: Permission | str) -> bool:
        return self.role in PERMISSIONS[Permission(permission)]


def kind_of(viewer: Viewer) -> Viewer:
    """Who stands for all viewers of this kind where a statement is put together: equal for equal kinds.

    A statement made for it is executed with `parameters_of` a viewer. It has an id, a company, a role and what that
    allows, and nothing else of a person.
    """
    return cast(Viewer, _Kind(viewer.role, viewer.id is not None, viewer.company_id is not None))


def parameters_of(viewer: Viewer) -> dict[str, int | None]:
    """What a statement made for the kind of this viewer is executed with."""
    return {_PERSON.key: viewer.id, _COMPANY.key: viewer.company_id}
