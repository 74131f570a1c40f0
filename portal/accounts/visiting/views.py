"""Who is asking: the session behind a cookie, its beginning and end, and what a stranger is told."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from flask import Flask, Response, g, make_response, redirect, request, session, url_for
from flask_login import user_logged_in, user_logged_out
from flask_security.utils import set_request_attr

from portal import failures, pages
from portal.accounts import queries, signing_in
from portal.accounts.models import Person, Stranger
from portal.database import db

log = logging.getLogger(__name__)

Keeper = Callable[[], Response | str]
"""Keeps the form of this request; returns where it comes back after signing in, "" if it could not, or the answer."""
_keepers: list[Keeper] = []


def register(app: Flask) -> None:
    """Make Flask-Login ask us."""
    logins: Any = app.login_manager  # type: ignore[attr-defined]
    logins.anonymous_user = Stranger
    logins.user_loader(_load)
    # Nobody is let in by a token in an address or a header here.
    logins._request_callback = None
    logins.unauthorized_callback = ask_to_sign_in
    # The session is ours and can be ended; an address that changes on the way is no reason to.
    logins.session_protection = None
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    app.after_request(_touch)


def _load(token: str) -> Person | None:
    found = queries.signed_in(token)
    if found is None:
        return None
    person, g.sign_in = found
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return person


def _begin(_app: Flask, user: Person, **_: Any) -> None:
    """Somebody signed in: a new token, and a new secret for forms."""
    if "sign_in" in g:
        signing_in.end(user, g.sign_in.id)
    session["_user_id"] = signing_in.begin(user, browser=request.user_agent.string)
    session.permanent = session.permanent or session.pop("_remember", "") == "set"
    session.pop("csrf_token", None)


def _end(_app: Flask, user: Any, **_: Any) -> None:
    if "sign_in" in g:
        signing_in.end(user, g.sign_in.id)
    session.clear()


def _touch(response: Response) -> Response:
    """After the work is done and committed, or refused: note the visit in a transaction of its own."""
    if request.method in pages.SAFE or "sign_in" not in g or response.status_code >= 500:
        return response
    if not signing_in.is_worth_noting(g.sign_in):
        return response
    try:
        db.session.rollback()
        if signing_in.touch(g.sign_in):
            db.session.commit()
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        log.warning("could not note a visit", exc_info=True)
    return response


def keep_with(keeper: Keeper) -> None:
    """From now on what a signed-out person sent is kept this way."""
    _keepers[:] = [keeper]


def ask_to_sign_in(*_: Any, **__: Any) -> Response:
    """A page leads to sign-in and back; a form is refused, kept where it can be, and gives back what was typed."""
    if request.method in pages.SAFE and not pages.wants_fragment():
        return make_response(redirect(url_for("security.login", next=_asked())))
    kept = _kept()
    if isinstance(kept, Response):
        return kept
    if pages.wants_fragment():
        door = url_for("security.login", next=kept or _path_of(request.headers.get("HX-Current-URL", "")))
        return Response(status=401, headers={"HX-Redirect": door})
    door = url_for("security.login", next=kept or _path_of(request.referrer or ""))
    return pages.page("accounts/sign_in_first.html", 401, door=door, kept=failures.kept(), is_kept=bool(kept))


def _kept() -> Response | str:
    if request.method in pages.SAFE or not _keepers:
        return ""
    return _keepers[-1]()


def _asked() -> str:
    query = request.query_string.decode("utf-8", "replace")
    return f"{request.path}?{query}" if query else request.path


def _path_of(address: str) -> str:
    """The path of a page of ours, or the first page."""
    parts = urlsplit(address)
    if parts.netloc != request.host:
        return "/"
    return f"{unquote(parts.path)}?{parts.query}" if parts.query else unquote(parts.path)
