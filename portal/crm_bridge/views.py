"""The customer records: what the CRM got of whom, for those who may see it."""

import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, send_file
from flask_login import current_user, login_required

from portal import clock, pages
from portal.accounts.permissions import Permission
from portal.activity import journal
from portal.activity.events import CustomerRecordsExported
from portal.crm_bridge import connecting, exporting
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import DEFAULT
from portal.database import db, reading_only, set_reads_only
from portal.errors import Conflict, NotAllowed

crm_bridge = Blueprint("crm_bridge", __name__, url_prefix="/crm")

PUSH = "push_crm"
"""The chore of the worker."""
LANE = "crm"
"""The lane of what asks a CRM each minute."""


def register(app: Flask) -> None:
    """Attach the pages."""
    app.register_blueprint(crm_bridge)


def needs(permission: Permission, says: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """A view for those who may; others read what they can do instead."""

    def guard(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        @login_required
        def guarded(**values: Any) -> Response:
            if not current_user.may(permission):
                raise NotAllowed(says)
            return view(**values)

        return guarded

    return guard


sees_records = needs(
    Permission.SEE_RECORD, "Customer records are for product managers and admins. Ask one of them."
)
manages = needs(Permission.ADMINISTER, "Connections are looked after by admins. Ask one of them.")
WATCHED = "3"
"""Seconds after which a page that is watched without script looks again."""

exports = needs(Permission.EXPORT, "Only product managers take lists out. Ask one of them for the file.")


@crm_bridge.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response


@crm_bridge.get("/export.csv")
@exports
@pages.limiter.limit("30/hour")
def export() -> Response:
    """The customer records as the CRM holds them. Who took them out is recorded before they are sent."""
    who = current_user.id
    file = tempfile.NamedTemporaryFile("w+", newline="", encoding="utf-8", suffix=".csv")  # noqa: SIM115
    people = _write(file)
    # A safe method begins its transactions without the lock that a record needs.
    db.session.rollback()
    set_reads_only(False)
    journal.record(CustomerRecordsExported(actor_id=who, connection=DEFAULT, people=people))
    db.session.commit()
    name = f"customer-records-{clock.now():%Y-%m-%d}.csv"
    return send_file(Path(file.name).open("rb"), as_attachment=True, download_name=name, mimetype="text/csv")


def _write(file: Any) -> int:
    try:
        with (
            reading_only(),
            connecting.opened(connecting.find(DEFAULT), current_app.extensions["settings"]) as gateway,
        ):
            people = exporting.export(DEFAULT, gateway, file)
    except CrmError as error:
        raise Conflict(f"The CRM did not answer: {error}. Try again in a moment.") from error
    file.flush()
    return people
