"""Shaping: which of our fields a CRM gets, under which names, and who owns each of them there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import sqlalchemy as sa

from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.gateway import Fields, Kind, Value
from portal.crm_bridge.models import CrmField
from portal.database import db


class Owner(StrEnum):
    """Who says what stands in a field."""

    PORTAL = "portal"
    """We do, and write over what is there."""
    IF_BLANK = "portal_if_blank"
    """We fill it where nothing stands; what stands is left."""
    CRM = "crm"
    """The CRM does; we never write it."""
    NONE = "unmapped"
    """Nobody here: what we once wrote is left as it is."""
    CLEARED = "cleared"
    """Nobody here any more: what we wrote is taken out."""


WRITTEN = frozenset({Owner.PORTAL, Owner.IF_BLANK})
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of records over one connection: per kind and field the owner, where that was said, else it is the portal;
    and the name there, where it is another one."""

    owners: Mapping[str, Mapping[str, Owner]] = field(default_factory=dict)
    names: Names = field(default_factory=dict)

    def owner(self, kind: str, name: str) -> Owner:
        """Who owns a field."""
        return self.owners.get(kind, {}).get(name, Owner.PORTAL)

    def name(self, kind: str, name: str) -> str:
        """How the CRM calls a field of ours."""
        return self.names.get(kind, {}).get(name, name)

    def keep(self, kind: str, fields: Fields) -> Fields:
        """The fields that are written at all; a field that was cleared is None."""
        owners = self.owners.get(kind)
        if not owners:
            return fields
        kept: dict[str, Value] = {}
        for name, value in fields.items():
            owner = owners.get(name, Owner.PORTAL)
            if owner in WRITTEN:
                kept[name] = value
            elif owner is Owner.CLEARED:
                kept[name] = None
        return kept

    def blanks(self, kind: str) -> frozenset[str]:
        """The fields that are only filled where nothing stands."""
        return frozenset(name for name, owner in self.owners.get(kind, {}).items() if owner is Owner.IF_BLANK)

    def kinds(self, kinds: Sequence[Kind]) -> list[Kind]:
        """The kinds as the CRM must have them: its names, and only what we write."""
        return [
            replace(
                kind,
                fields=tuple(
                    replace(each, name=self.name(kind.name, each.name))
                    for each in kind.fields
                    if self.owner(kind.name, each.name) in WRITTEN
                ),
            )
            for kind in kinds
        ]

    def theirs(self, kind: str, fields: Fields) -> Fields:
        """Our fields under the names of the CRM."""
        names = self.names.get(kind)
        return {names.get(name, name): value for name, value in fields.items()} if names else fields

    def ours(self, kind: str, fields: dict[str, Value]) -> dict[str, Value]:
        """The fields of the CRM under our names."""
        back = {theirs: name for name, theirs in self.names.get(kind, {}).items()}
        return {back.get(name, name): value for name, value in fields.items()} if back else fields


EVERYTHING = Shape()


def shape_of(connection: str, vendor: str) -> Shape:
    """The shape of a connection: what its vendor calls our fields, and what was set up beside."""
    declared = declaration(vendor)
    names = {kind: dict(each) for kind, each in declared.names.items()}
    owners = {kind: dict.fromkeys(each, Owner.IF_BLANK) for kind, each in declared.yields.items()}
    rows = db.session.scalars(sa.select(CrmField).where(CrmField.connection == connection))
    for row in rows:
        owners.setdefault(row.kind, {})[row.field] = Owner(row.owner)
        if row.remote_name:
            names.setdefault(row.kind, {})[row.field] = row.remote_name
    return Shape(owners, names)
