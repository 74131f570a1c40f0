"""The page of fields: whose each is, and how the CRM calls it."""

from flask import Response, flash, url_for
from flask_login import current_user

from portal import pages
from portal.crm_bridge import connecting
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.connections.forms import FieldForm
from portal.crm_bridge.connections.mapping import NEEDED, map_field
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.pulling.choosing import chosen
from portal.crm_bridge.shaping import Owner, shape_of
from portal.crm_bridge.views import crm_bridge, manages, sees_records
from portal.database import db


@crm_bridge.get("/connections/<name>/fields")
@sees_records
def list_fields(name: str) -> Response:
    return _page(name)


def _page(name: str, bad: str = "", form: FieldForm | None = None, status: int = 200) -> Response:
    """All fields; `form` is what was typed for the field `bad`."""
    connection = connecting.find(name)
    return pages.page(
        "crm_bridge/connections/fields.html",
        status,
        connection=connection,
        declared=declaration(connection.vendor),
        rows=_written(connection),
        read=_read(connection),
        owners=FieldForm(formdata=None).owner.choices,
        bad=bad,
        form=form,
    )


def _written(connection: Connection) -> list[tuple[str, str, Owner, str, bool]]:
    """Each field of ours: its kind, its whole name, whose it is, its name there, and whether it is always written."""
    shape = shape_of(connection.name, connection.vendor)
    return [
        (
            kind.name,
            f"{kind.name}.{each.name}",
            shape.owner(kind.name, each.name),
            shape.name(kind.name, each.name),
            each.name in NEEDED.get(kind.name, ()),
        )
        for kind in KINDS
        for each in kind.fields
    ]


def _read(connection: Connection) -> list[tuple[str, str, str, bool]]:
    """Each field that is read: its kind, what it stands for, its name there, and whether ours counts more."""
    return [
        (kind, field, there, field in choice.yielding)
        for kind, choice in chosen(connection.name, connection.vendor).items()
        for field, there in choice.names.items()
    ]


@crm_bridge.put("/connections/<name>/fields/<field>")
@manages
def put_field(name: str, field: str) -> Response:
    """Say whose a field is, and how the CRM calls it."""
    connection, form = connecting.find(name), FieldForm()
    if not form.validate():
        return _page(name, field, form, 422)
    map_field(connection.name, field, Owner(form.owner.data), form.remote_name.data or None, current_user.id)
    db.session.commit()
    flash(f"{field} is kept. The next full push writes what differs.", "good")
    return pages.go(url_for(".list_fields", name=name, _anchor=field.replace(".", "-")))
