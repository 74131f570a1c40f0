"""Mapping a field: who owns it in the CRM, how it is called there, and what becomes of it when nobody writes it."""

import re

import sqlalchemy as sa

from portal.activity import journal
from portal.activity.events import CrmFieldMapped
from portal.crm_bridge import connecting
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.gateway import Field
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.models import CrmField, CrmLink, Entity
from portal.crm_bridge.pulling.choosing import PULLED, chosen, is_pulled
from portal.crm_bridge.shaping import Owner, shape_of
from portal.crm_bridge.upserting import upsert
from portal.database import db
from portal.errors import Conflict, Unusable

ENTITIES = {"account": Entity.COMPANY, "contact": Entity.PERSON, "vote": Entity.VOTE}
NEEDED = {"vote": {"value", "cast_at", "withdrawn_at"}}
"""Without these a vote that is taken back could no longer be told from one that was never there."""

REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,119}")


def field_of(text: str) -> tuple[str, Field]:
    """The kind and the field that `contact.points` names. Raises Unusable."""
    kind, _, name = text.partition(".")
    for each in (*KINDS, *PULLED):
        for one in each.fields:
            if (each.name, one.name) == (kind, name):
                return kind, one
    kinds = ", ".join(f"{each.name}.{one.name}" for each in (*KINDS, *PULLED) for one in each.fields)
    raise Unusable(f"There is no field {text!r}. There is: {kinds}.")


def owner_of(text: str, vendor: str) -> Owner:
    """Whose a field is unless somebody says otherwise. Raises Unusable."""
    kind, field = field_of(text)
    if is_pulled(kind, field.name):
        return Owner.CRM
    return Owner.IF_BLANK if field.name in declaration(vendor).yields.get(kind, ()) else Owner.PORTAL


def map_field(
    connection: str, text: str, owner: Owner, remote_name: str | None, by: int | None = None
) -> None:
    """Say who owns a field and how the CRM calls it (None: as before). Raises Unusable, Conflict, NotFound."""
    kind, field = field_of(text)
    vendor = connecting.find(connection).vendor
    connecting.make_default()
    if is_pulled(kind, field.name):
        _map_pulled(connection, text, owner, remote_name, by)
        return
    if declaration(vendor).canonical:
        raise Conflict(f"{connection} takes canonical records whole: there are no fields to map.")
    if owner not in (Owner.PORTAL, Owner.IF_BLANK) and field.name in NEEDED.get(kind, ()):
        raise Conflict(f"{text} is what a vote is: it is always written.")
    shape = shape_of(connection, vendor)
    name = _formed(vendor, remote_name or shape.name(kind, field.name))
    _refuse_name(kind, field.name, name, {shape.name(kind, each) for each in _others(kind, field.name)})
    if name != shape.name(kind, field.name) or shape.owner(kind, field.name) is Owner.IF_BLANK:
        _write_whole(connection, kind)
    row = {"connection": connection, "kind": kind, "field": field.name, "owner": owner, "remote_name": name}
    upsert(CrmField, [row], ("owner", "remote_name"))
    journal.record(
        CrmFieldMapped(actor_id=by, connection=connection, field=text, owner=owner, remote_name=name)
    )


def _map_pulled(connection: str, text: str, owner: Owner, remote_name: str | None, by: int | None) -> None:
    """The same for a field that is read. The next pull reads everything anew."""
    kind, field = field_of(text)
    vendor = connecting.find(connection).vendor
    if owner in (Owner.PORTAL, Owner.CLEARED):
        raise Conflict(
            f"{text} is read from the CRM and never written. Unmap it with --leave to read it no more."
        )
    known = chosen(connection, vendor).get(kind)
    name = remote_name or (known.names.get(field.name) if known else None)
    name = name or declaration(vendor).pulls.get(kind, {}).get(field.name)
    if name is None:
        raise Unusable(f"Say how the CRM calls {text}: --to NAME.")
    _refuse_name(kind, field.name, name, set())
    row = {"connection": connection, "kind": kind, "field": field.name, "owner": owner, "remote_name": name}
    upsert(CrmField, [row], ("owner", "remote_name"))
    journal.record(
        CrmFieldMapped(actor_id=by, connection=connection, field=text, owner=owner, remote_name=name)
    )


def _others(kind: str, name: str) -> list[str]:
    return [one.name for each in KINDS if each.name == kind for one in each.fields if one.name != name]


def _formed(vendor: str, name: str) -> str:
    """The name, if a field there can have it. Raises Unusable."""
    if not re.fullmatch(declaration(vendor).name_form, name):
        raise Unusable(
            f"{name!r} cannot be the name of a field in {declaration(vendor).title}. Take another."
        )
    return name


def _refuse_name(kind: str, field: str, name: str, taken: set[str]) -> None:
    if not REMOTE.fullmatch(name):
        raise Unusable(f"{name!r} cannot be the name of a field: letters, digits and _ . : -, at most 120.")
    if name in taken:
        raise Conflict(f"{kind}.{field} cannot be called {name}: another field of ours is.")


def _write_whole(connection: str, kind: str) -> None:
    """What was written does not say any more what stands in the field: the next full push writes it again."""
    its = sa.update(CrmLink).where(CrmLink.connection == connection, CrmLink.entity == ENTITIES[kind])
    db.session.execute(its.values(last_hash=None), execution_options={"synchronize_session": False})
