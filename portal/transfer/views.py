"""The page on which an export is built, and the files that come of it."""

import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, send_file

from portal import clock, pages
from portal.crm_bridge.views import exports
from portal.database import db
from portal.errors import Refusal
from portal.transfer import exporting
from portal.transfer.building import Export
from portal.transfer.forms import ExportForm
from portal.transfer.presets import preset, presets
from portal.transfer.rows.listing import BOTH, KINDS, in_groups
from portal.transfer.rows.meaning import FARTHEST, Meant, counted

transfer = Blueprint("transfer", __name__, url_prefix="/exports")

SHOWN = 8
LOOKED_AT = 40
"""The first rows come of so many ideas."""
TYPES = {
    ".zip": "application/zip",
    ".csv": "text/csv",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@transfer.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response


@transfer.get("/new")
@exports
def new_export() -> Response:
    """Which ideas to take out, ready for an occasion if one is named."""
    chosen = preset(request.args.get("preset", ""))
    board = {"board": request.args["board"]} if request.args.get("board") else {}
    return builder(ExportForm(formdata=None, export=chosen, **board), preset=request.args.get("preset", ""))


@transfer.post("/")
@exports
@pages.limiter.limit("30/hour")
def create_export() -> Response:
    """The file. Who took what is recorded before it is sent."""
    form = ExportForm()
    if not form.validate_on_submit():
        return builder(form, 422)
    return file_of(form.export(), "ideas" if form.rows.data == BOTH else form.rows.data)


@transfer.post("/preview")
@exports
@pages.limiter.limit("60/minute")
def preview_export() -> Response:
    """The first rows and the counts; nothing is taken out."""
    form = ExportForm()
    fine = form.validate_on_submit()
    if not fine and not pages.wants_fragment():
        return builder(form, 422)
    look = look_at(form.export()) if fine else {"refusal": " ".join(_problems(form))}
    if pages.wants_fragment():
        return pages.page("transfer/_preview.html", look=look)
    return builder(form, look=look)


def _problems(form: ExportForm) -> list[str]:
    return [
        f"{form[name].label.text}: {' '.join(map(str, said))}" for name, said in form.errors.items() if name
    ]


def builder(form: ExportForm, status: int = 200, **more: Any) -> Response:
    """The page with this form. `saved`: the saved export that is changed; `look`: what `look_at` gave."""
    groups = {name: in_groups(kind) for name, kind in KINDS.items()}
    given = {"saved": None, "look": None, "preset": "", "gone": []} | more
    return pages.page("transfer/new.html", status, form=form, groups=groups, presets=presets(), **given)


def look_at(export: Export) -> dict[str, Any]:
    """What stands in a look at the first rows: tables, counts, or the sentence of a refusal."""
    try:
        export.check()
        few = Meant(export.choice, pages.viewer(), LOOKED_AT)
        tables = [
            (kind.title, columns, list(islice(kind.rows(few, [c.name for c in columns]), SHOWN)))
            for kind, columns in export.named()
        ]
        ideas, people = counted(few, export.whose())
    except Refusal as refusal:
        return {"refusal": str(refusal)}
    return {"refusal": "", "tables": tables, "ideas": ideas, "people": people, "farthest": FARTHEST}


def file_of(export: Export, name: str, **more: Any) -> Response:
    """The file of an export, called by this name and the day; it is recorded first."""
    person = pages.viewer()
    with tempfile.TemporaryDirectory() as folder:
        path, written = exporting.packed(export, viewer=person, folder=Path(folder))
        exporting.record(export, written, by=person.id, **more)
        db.session.commit()
        # The open file outlives its name, which goes with the folder.
        return sent(path, name)


def sent(path: Path, name: str) -> Response:
    """A file as a download, called by this name and today's day."""
    called = f"{pages.slug(name) or 'export'}-{clock.now():%Y-%m-%d}{path.suffix}"
    return send_file(path.open("rb"), as_attachment=True, download_name=called, mimetype=TYPES[path.suffix])
