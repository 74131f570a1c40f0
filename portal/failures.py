"""The one edge where refusals and failures become answers. Every one says what the person can do next."""

import errno
import logging
import time
from itertools import islice

import sqlalchemy as sa
from flask import (
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    make_response,
    render_template,
    request,
)
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, TooManyRequests

from portal import pages
from portal.database import db
from portal.errors import Refusal

log = logging.getLogger(__name__)

MOST_TEXTS = 8
"""More long texts than this has no form of ours; a page that gave back 40,000 would be six times what was sent."""
WAIT = "15"
"""Seconds after which it is worth trying again when the database or the disk did not take it."""

WORDS = {
    400: ("That link or form is broken", "Go back, reload the page and try again."),
    401: ("Please sign in", "Sign in, and you come back to this page."),
    403: ("You may not do that", "If you think you should, ask the staff of this community."),
    404: (
        "There is nothing here",
        "It may have been moved or hidden. Try the search, or start from the first page.",
    ),
    405: ("That link or form is broken", "Go back, reload the page and try again."),
    413: ("That is too large", "Send less at once: shorten the text or split it into two."),
    415: ("That cannot be read", "Send it in another format."),
    421: (
        "This is not the address of the portal",
        "Until PORTAL_PUBLIC_URL is set to the address that people use, it answers on its own machine only.",
    ),
    429: ("That was a little too fast", "Nothing is lost. Wait a moment and send it again."),
    500: ("Something broke on our side", "It was written down for the staff. Please try again."),
}


def register(app: Flask) -> None:
    """Attach the handlers."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(sa.exc.DBAPIError, _database)
    app.register_error_handler(sa.exc.TimeoutError, _database)
    app.register_error_handler(OSError, _storage)
    app.register_error_handler(Exception, _broken)


def _show(status: int, title: str, what: str, todo: str = "", wait: int = 0) -> Response:
    if request.method not in pages.SAFE:
        # Who only read left nothing to roll back.
        _keep_who_asks()
        db.session.rollback()
    template = "errors/_refusal.html" if pages.wants_fragment() else "errors/refusal.html"
    text = render_template(template, status=status, title=title, what=what, todo=todo, kept=kept(), wait=wait)
    response = make_response(text, status)
    if pages.wants_fragment():
        # htmx swaps no failed answer by itself: say where the sentence goes.
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _keep_who_asks() -> None:
    """Whoever asks is greeted as they were read: a rollback would have them read again."""
    state = sa.inspect(g.get("_login_user"), raiseerr=False)
    if state is not None and state.persistent and not state.modified and not state.expired_attributes:
        db.session.expunge(state.object)


def kept() -> list[str]:
    """The long texts of the refused form, so that nobody has to type them again."""
    if request.method in pages.SAFE or "portal.unreadable" in request.environ:
        return []
    secret = ("password", "token", "secret", "private_key", "_method")
    long = (v for k, v in request.form.items() if not any(word in k for word in secret) and len(v) > 20)
    return list(islice(long, MOST_TEXTS))


def _refused(refusal: Refusal) -> Response:
    response = _show(refusal.status, refusal.title, str(refusal))
    if refusal.status == 503:
        response.headers["Retry-After"] = WAIT
    return response


def _expired(_error: CSRFError) -> Response:
    if not current_user.is_authenticated and request.blueprint not in {"security", "accounts"}:
        return make_response(current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
    return _show(
        400, "This form was open too long", "For your safety it was not sent.", "Go back, reload, send again."
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or 300 <= status < 400:
        return make_response(error.get_response())
    title, todo = WORDS.get(status, WORDS[400 if status < 500 else 500])
    wait = _seconds_to_wait() if isinstance(error, TooManyRequests) else 0
    response = _show(status, title, "", todo, wait)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _seconds_to_wait() -> int:
    limit = pages.limiter.current_limit
    return max(1, int(limit.reset_at - time.time()) + 1) if limit else 0


def _database(error: Exception) -> Response:
    if isinstance(error, sa.exc.IntegrityError | sa.exc.DataError | sa.exc.ProgrammingError):
        return _broken(error)
    return _unavailable(error)


def _storage(error: OSError) -> Response:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
    return _unavailable(error) if full else _broken(error)


def _unavailable(error: Exception) -> Response:
    """The database or the disk does not take it."""
    log.error("unavailable: %s", error)
    response = _sorry("errors/unavailable.html", 503)
    response.headers["Retry-After"] = WAIT
    return response


def _broken(error: Exception) -> Response:
    log.error("broken", exc_info=error)
    return _sorry("errors/broken.html", 500)


def _sorry(template: str, status: int) -> Response:
    """A page that does without the database, and says whether what was sent is saved."""
    saved = g.get("saved", False)
    _forget()
    return make_response(render_template(template, saved=saved, kept=[] if saved else kept()), status)


@event.listens_for(db.session, "after_commit")
def _note_what_is_saved(session: Session) -> None:
    if has_request_context() and not session.in_nested_transaction():
        g.saved = True


def _forget() -> None:
    # Nobody is asked who is here: the page and its headers must do without the database.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    try:
        db.session.rollback()
    except Exception:
        log.exception("could not roll back")
        db.session.remove()
