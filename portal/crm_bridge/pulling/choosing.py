"""Choosing: which fields of the CRM are read, under which names, and whether they count more than what stands here."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.gateway import Field, Kind
from portal.crm_bridge.models import CrmField
from portal.crm_bridge.shaping import Owner
from portal.database import db

ACCOUNT = Kind(
    "account",
    (
        Field("title"),
        Field("tier"),
        Field("revenue", "number"),
        Field("currency"),
        Field("segment"),
        Field("owner"),
        Field("renews_on", "date"),
        Field("lifecycle"),
        Field("domains"),
        Field("parent"),
    ),
)
CONTACT = Kind(
    "contact",
    (
        Field("owner"),
        Field("job_role"),
        Field("mail_opt_out"),
        Field("do_not_call"),
        Field("converted_from"),
        Field("lifecycle"),
    ),
)
DEAL = Kind(
    "deal",
    (
        Field("title"),
        Field("account"),
        Field("amount", "number"),
        Field("currency"),
        Field("stage"),
        Field("closes_on", "date"),
        Field("closed"),
    ),
)
PULLED = (ACCOUNT, CONTACT, DEAL)
"""In this order: a deal is of an account, and a contact of somebody here."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is read of one kind: the name there of each field of ours; `yielding` are those that count only where
    nothing stands here."""

    names: Mapping[str, str]
    yielding: frozenset[str] = frozenset()


def chosen(connection: str, vendor: str) -> dict[str, Choice]:
    """By kind, what is read over a connection: what its vendor declares, and what was set up beside. A kind of which no
    field is read is followed all the same, through merges and deletions."""
    names = {kind.name: dict(declaration(vendor).pulls.get(kind.name, {})) for kind in PULLED}
    yielding: dict[str, set[str]] = {kind.name: set() for kind in PULLED}
    rows = db.session.scalars(sa.select(CrmField).where(CrmField.connection == connection))
    for row in rows:
        if not is_pulled(row.kind, row.field):
            continue
        if row.owner not in (Owner.CRM, Owner.IF_BLANK):
            names[row.kind].pop(row.field, None)
        elif row.remote_name:
            names[row.kind][row.field] = row.remote_name
        if row.owner == Owner.IF_BLANK:
            yielding[row.kind].add(row.field)
    followed = declaration(vendor).pulls
    return {
        kind: Choice(each, frozenset(yielding[kind]))
        for kind, each in names.items()
        if each or kind in followed
    }


def is_pulled(kind: str, field: str) -> bool:
    """Whether that is a field which is read and never written."""
    return any(each.name == kind and any(one.name == field for one in each.fields) for each in PULLED)
