"""The pages of an import: upload, what the columns mean, the check, the end, and what was left out."""

import io
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.accounts.permissions import Permission
from portal.activity.cli import current_jobs
from portal.database import db
from portal.errors import NotAllowed, NotFound
from portal.ideas.statuses import queries as statuses
from portal.tables import write_csv
from portal.transfer.tables.mapping import FIELDS, plain_name
from portal.transfer.uploads import queries, receiving
from portal.transfer.uploads.forms import WishesForm
from portal.transfer.uploads.models import CHORE, Upload

imports = Blueprint("imports", __name__, url_prefix="/admin/imports")
WATCHED = "3"
"""Seconds after which a page that is watched without script looks again."""
posts = pages.limiter.limit("60/hour")


def administers(view: Callable[..., Response]) -> Callable[..., Response]:
    """A view for admins."""

    @wraps(view)
    @login_required
    def guarded(**values: Any) -> Response:
        if not current_user.may(Permission.ADMINISTER):
            raise NotAllowed("Only admins bring data in. Ask one of them.")
        return view(**values)

    return guarded


@imports.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response


@imports.get("")
@administers
def index() -> Response:
    return _list(WishesForm(formdata=None))


@imports.post("")
@administers
@posts
def create() -> Response:
    form = WishesForm()
    files = [each for each in request.files.getlist("files") if each.filename]
    if not form.validate() or not files:
        return _list(form, "" if files else "Choose a file: CSV, a workbook (.xlsx) or JSON.", status=422)
    upload = receiving.receive(files, form.wishes({}), by=pages.viewer(), instance=_instance())
    return _asked(upload)


@imports.get("/<slugged:upload_id>")
@administers
def show(upload_id: int) -> Response:
    upload = queries.find(upload_id)
    form = WishesForm(formdata=None, data=upload.wishes)
    answer = _page(upload, form)
    if upload.is_waiting and "watch" in request.args:
        # Whoever has no script asked for it by a link.
        answer.headers["Refresh"] = WATCHED
    return answer


@imports.put("/<slugged:upload_id>")
@administers
@posts
def put_wishes(upload_id: int) -> Response:
    upload = queries.find(upload_id)
    form = WishesForm()
    if not form.validate():
        return _page(upload, form, 422)
    receiving.wish(upload, form.wishes(request.form))
    return _asked(upload)


@imports.get("/<slugged:upload_id>/progress")
@administers
def show_progress(upload_id: int) -> Response:
    upload = queries.find(upload_id)
    if not upload.is_waiting:
        # Done: the page that asks loads itself anew.
        return pages.go(url_for(".show", upload_id=upload.id))
    return pages.page(
        "imports/_progress.html", upload=upload, progress=queries.progress_of(_instance(), upload)
    )


@imports.put("/<slugged:upload_id>/taking")
@administers
def put_taking(upload_id: int) -> Response:
    upload = queries.find(upload_id)
    receiving.take(upload)
    return _asked(upload)


@imports.delete("/<slugged:upload_id>")
@administers
def delete(upload_id: int) -> Response:
    receiving.discard(queries.find(upload_id), instance=_instance())
    db.session.commit()
    flash("The files are gone. What was imported before stays.", "good")
    return pages.go(url_for(".index"))


@imports.get("/<slugged:upload_id>/rows")
@administers
def download(upload_id: int) -> Response:
    rows = queries.left_out(_instance(), queries.find(upload_id))
    if rows is None:
        raise NotFound("There is no report yet: it is made by the check.")
    text = io.StringIO(newline="")
    write_csv(text, ("file", "row", "reason"), rows)
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename=left-out-{upload_id}.csv"
    return response


def _instance() -> Path:
    folder: Path = current_app.extensions["settings"].folder
    return folder


def _asked(upload: Upload) -> Response:
    """The worker was given something to do."""
    db.session.commit()
    current_jobs().ask(CHORE)
    return pages.go(url_for(".show", upload_id=upload.id))


def _list(form: WishesForm, missing: str = "", status: int = 200) -> Response:
    return pages.page("imports/index.html", status, uploads=queries.newest(), form=form, missing=missing)


def _explained(upload: Upload) -> list[tuple[str, str]]:
    """Words of the source for statuses that have to be explained, with what was said of them."""
    said = upload.wishes.get("statuses", {})
    unsaid = [word for word in upload.found.get("unknown", []) if plain_name(word) not in said]
    return [(word, "") for word in unsaid] + list(said.items())


def _page(upload: Upload, form: WishesForm, status: int = 200) -> Response:
    return pages.page(
        "imports/show.html",
        status,
        upload=upload,
        form=form,
        fields=FIELDS,
        statuses=statuses.set_of(None),
        explained=_explained(upload),
        progress=queries.progress_of(_instance(), upload),
        has_rows=queries.left_out(_instance(), upload) is not None,
    )
