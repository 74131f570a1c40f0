"""The page on which a person reads what is kept of them, and the file with all of it."""

import tempfile
from pathlib import Path

from flask import Blueprint, Response
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.transfer.own import writing
from portal.transfer.views import sent

own = Blueprint("own", __name__, url_prefix="/account/data")


@own.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response


@own.get("/")
@login_required
def show() -> Response:
    return pages.page("transfer/own/show.html")


@own.post("/")
@login_required
@pages.limiter.limit("10/hour")
def create() -> Response:
    """The file. That it was taken is recorded before it is sent."""
    person_id = pages.viewer().id
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.json"
        rows = writing.write(pages.viewer(), path)
        writing.record(person_id, rows)
        db.session.commit()
        # The open file outlives its name, which goes with the folder.
        return sent(path, "your data")
