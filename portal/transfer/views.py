"""The page behind the export button."""

import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, send_file
from flask_login import current_user, login_required

from portal import clock, pages
from portal.accounts.permissions import Permission
from portal.database import db
from portal.errors import NotAllowed
from portal.transfer import exporting
from portal.transfer.forms import ExportForm

transfer = Blueprint("transfer", __name__, url_prefix="/exports")


@transfer.get("/new")
@login_required
def new_export() -> Response:
    """Which ideas to take out."""
    _must_export()
    return pages.page("transfer/new.html", form=ExportForm(board=request.args.get("board", "")))


@transfer.post("/")
@login_required
@pages.limiter.limit("30/hour")
def create_export() -> Response:
    """The file. Who took what is recorded before it is sent."""
    _must_export()
    form = ExportForm()
    if not form.validate_on_submit():
        return pages.page("transfer/new.html", 422, form=form)
    return _file(form, current_user._get_current_object())


_TYPES = {
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _must_export() -> None:
    if not current_user.may(Permission.EXPORT):
        raise NotAllowed("Only product managers take lists out. Ask one of them for the file.")


def _file(form: ExportForm, person: Any) -> Response:
    suffix = "zip" if form.format.data == "csv" else "xlsx"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"ideas.{suffix}")
        write = exporting.zipped if suffix == "zip" else exporting.workbook
        write(form.choice(), viewer=person, by=person, path=path)
        db.session.commit()
        name = f"ideas-{clock.now():%Y-%m-%d}.{suffix}"
        # The open file outlives its name, which goes with the folder.
        return send_file(path.open("rb"), as_attachment=True, download_name=name, mimetype=_TYPES[suffix])
