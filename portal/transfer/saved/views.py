"""Saved exports: the list, each with its schedule and files, the links of its mails, and the log of all exports."""

from pathlib import Path
from typing import Any

from flask import Response, current_app, flash, request, url_for
from flask_login import current_user

from portal import pages
from portal.accounts.permissions import Permission
from portal.activity import journal
from portal.activity.events import ExportFetched
from portal.crm_bridge.views import exports, needs
from portal.database import db, set_reads_only
from portal.errors import NotFound
from portal.transfer.building import Export
from portal.transfer.forms import ExportForm
from portal.transfer.presets import presets
from portal.transfer.queries import in_words
from portal.transfer.saved import delivering, keeping, queries, scheduling
from portal.transfer.saved.forms import DAYS, ScheduleForm
from portal.transfer.saved.models import ExportFile, SavedExport
from portal.transfer.views import builder, file_of, sent, transfer


@transfer.get("/")
@exports
def index() -> Response:
    saved = queries.listed(pages.viewer())
    return pages.page("transfer/index.html", saved=saved, presets=presets(), read=Export.read, days=DAYS)


@transfer.post("/saved")
@exports
def create_saved() -> Response:
    form = ExportForm()
    if not _has_name(form):
        return builder(form, 422)
    saved = keeping.save(form.export(), by=pages.viewer(), name=form.name.data, shared=form.shared.data)
    db.session.commit()
    flash(f"“{saved.name}” is saved.", "good")
    return pages.go(url_for(".show_saved", saved_id=saved))


def _has_name(form: ExportForm) -> bool:
    fine = form.validate_on_submit()
    if fine and not form.name.data:
        form.name.errors = ["Give it a name, such as “Steering meeting”."]
        return False
    return fine


@transfer.get("/saved/<slugged:saved_id>")
@exports
def show_saved(saved_id: int) -> Response:
    saved = queries.find(saved_id, pages.viewer())
    people = queries.recipients_of(saved) or [current_user.id]
    return _page(saved, ScheduleForm(formdata=None, schedule=saved.schedule, people=people))


def _page(saved: SavedExport, form: ScheduleForm, status: int = 200) -> Response:
    export = Export.read(saved.words)
    return pages.page(
        "transfer/saved/show.html",
        status,
        saved=saved,
        export=export,
        filters=in_words(export.choice),
        files=queries.files_of(saved),
        may_change=keeping.may_change(saved, current_user),
        form=form,
        days=DAYS,
    )


@transfer.get("/saved/<slugged:saved_id>/edit")
@exports
def edit_saved(saved_id: int) -> Response:
    saved = queries.find(saved_id, pages.viewer())
    keeping.check_change(saved, current_user)
    export = Export.read(saved.words)
    form = ExportForm(formdata=None, export=export, name=saved.name, shared=saved.shared)
    return builder(form, saved=saved, gone=export.missing())


@transfer.put("/saved/<slugged:saved_id>")
@exports
def put_saved(saved_id: int) -> Response:
    saved, form = queries.find(saved_id, pages.viewer()), ExportForm()
    if not _has_name(form):
        return builder(form, 422, saved=saved)
    fields: dict[str, Any] = {"name": form.name.data, "shared": form.shared.data}
    keeping.change(saved, form.export(), by=pages.viewer(), **fields)
    db.session.commit()
    flash(f"“{saved.name}” is saved.", "good")
    return pages.go(url_for(".show_saved", saved_id=saved))


@transfer.delete("/saved/<slugged:saved_id>")
@exports
def delete_saved(saved_id: int) -> Response:
    saved = queries.find(saved_id, pages.viewer())
    keeping.delete(saved, by=pages.viewer())
    db.session.commit()
    flash(f"“{saved.name}” is deleted, with its schedule and its files.", "good")
    return pages.go(url_for(".index"))


@transfer.post("/saved/<slugged:saved_id>/copies")
@exports
def create_copy(saved_id: int) -> Response:
    copied = keeping.copy(queries.find(saved_id, pages.viewer()), by=pages.viewer())
    db.session.commit()
    flash("This copy is yours. Change it as you like.", "good")
    return pages.go(url_for(".edit_saved", saved_id=copied))


@transfer.post("/saved/<slugged:saved_id>/files")
@exports
@pages.limiter.limit("30/hour")
def create_file(saved_id: int) -> Response:
    """The file, made now for whoever asks. Columns that went away are left out, as the page says."""
    saved = queries.find(saved_id, pages.viewer())
    return file_of(Export.read(saved.words), saved.name, saved_id=saved.id)


@transfer.put("/saved/<slugged:saved_id>/schedule")
@exports
def put_schedule(saved_id: int) -> Response:
    saved, form = queries.find(saved_id, pages.viewer()), ScheduleForm()
    keeping.check_change(saved, current_user)
    if not form.validate_on_submit():
        return _page(saved, form, 422)
    given: dict[str, Any] = {"people": form.people.data, "days_kept": form.days_kept.data}
    scheduling.schedule(saved, form.rhythm(), by=pages.viewer(), base=pages.address(""), **given)
    db.session.commit()
    flash("It is made by itself from now on.", "good")
    return pages.go(url_for(".show_saved", saved_id=saved))


@transfer.delete("/saved/<slugged:saved_id>/schedule")
@exports
def delete_schedule(saved_id: int) -> Response:
    saved = queries.find(saved_id, pages.viewer())
    keeping.check_change(saved, current_user)
    scheduling.end(saved, by=pages.viewer())
    db.session.commit()
    flash("It is made by itself no more. What was made stays until it expires.", "good")
    return pages.go(url_for(".show_saved", saved_id=saved))


@transfer.get("/files/<int:file_id>")
@exports
def fetch_file(file_id: int) -> Response:
    return _fetched(queries.find_file(file_id, pages.viewer()))


@transfer.get("/links/<token>")
@exports
@pages.limiter.limit("60/hour")
def fetch_link(token: str) -> Response:
    """The file behind the link of a mail: for whoever is signed in and may export today, nobody else."""
    return _fetched(queries.file_behind(delivering.hash_of(token)))


def _fetched(file: ExportFile) -> Response:
    """The file; that somebody took it is recorded first."""
    path, name = folder() / str(file.name), file.saved.name
    if not path.is_file():
        raise NotFound("The file is no longer in its folder. Take the export again from its page.")
    fetched = {"saved_id": file.saved_id, "file_id": file.id, "people": file.people or 0}
    who = current_user.id
    # A safe method begins its transactions without the lock that a record needs.
    db.session.rollback()
    set_reads_only(False)
    journal.record(ExportFetched(actor_id=who, **fetched))
    db.session.commit()
    return sent(path, name)


def folder() -> Path:
    """Where the files of schedules are."""
    where: Path = current_app.extensions["settings"].folder
    return where / "exports"


@transfer.get("/log")
@needs(Permission.ADMINISTER, "Only admins read who took what out. Ask one of them.")
def log() -> Response:
    return pages.page("transfer/log.html", taken=queries.taken(request.args.get("page")))
