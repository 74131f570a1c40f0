"""The pages under /images/: taking a picture in, and showing it."""

from collections.abc import Callable
from hashlib import sha256

from flask import Blueprint, Flask, Response, current_app, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.discussion.images import encoding, queries, uploading
from portal.discussion.images.models import Image
from portal.discussion.images.storing import Folder, Storage
from portal.errors import NotFound

images = Blueprint("images", __name__, url_prefix="/images")

SWEEP = "sweep_images"
"""The chore of the worker."""
LONGEST_ALT = 300


def register(app: Flask) -> None:
    """Attach these pages, the folder of the files, and the chore that removes what nobody posted."""
    app.extensions["images"] = Folder(app.extensions["settings"].folder / "images")
    app.register_blueprint(images)
    app.extensions["jobs"].add(SWEEP, _sweep)
    app.jinja_env.globals.update(image_markdown=markdown_of)


def markdown_of(image: Image, alt: str = "") -> str:
    """What stands in a text for an image."""
    words = " ".join("".join(" " if sign in "[]\\`<>" else sign for sign in alt).split())[:LONGEST_ALT]
    return f"![{words}]({url_for('images.show', name=image.name)})"


@images.get("/")
@login_required
def index() -> Response:
    return _page()


@images.post("/")
@login_required
@pages.limiter.limit("30/minute")
def create() -> Response:
    """Take a picture in; the answer says how it is put into a text."""
    sent, alt = request.files.get("image"), request.form.get("alt", "")
    data = uploading.checked(sent.read() if sent else None)
    uploading.check_room(pages.viewer())
    # Nobody else waits for the database while a picture is read.
    db.session.rollback()
    picture = encoding.encode(data)
    image = uploading.upload(picture, by=pages.viewer(), storage=_storage())
    db.session.commit()
    if pages.wants_fragment():
        return pages.page("images/_added.html", image=image, alt=alt)
    return _page(image, alt)


@images.get("/<name>")
def show(name: str) -> Response:
    return _file(name, "reading")


@images.get("/<name>/small")
def show_small(name: str) -> Response:
    return _file(name, "small")


def _storage() -> Storage:
    storage: Storage = current_app.extensions["images"]
    return storage


def _page(new: Image | None = None, alt: str = "") -> Response:
    mine = queries.latest_of(pages.viewer())
    most = current_app.extensions["settings"].max_image
    return pages.page("images/index.html", mine=mine, new=new, alt=alt, most=most // 1_048_576)


def _file(name: str, size: str) -> Response:
    """The file as we encoded it. Its address changes with its content, so browsers keep it; nobody else does."""
    data = _storage().read(queries.find(name, pages.viewer()).digest, size)
    if data is None:
        raise NotFound("The file of this image is gone.")
    response = Response(data, mimetype="image/webp")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Disposition"] = "inline"
    response.set_etag(sha256(data).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _sweep(_stopping: Callable[[], bool]) -> None:
    gone = uploading.sweep()
    db.session.commit()
    uploading.remove_files(gone | uploading.left_lying(_storage()), _storage())
    db.session.commit()
