"""Answers: a whole page or the fragment that changed, the headers that guard it, and the names templates share."""

import secrets
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_limiter import Limiter
from flask_login import current_user
from flask_wtf import FlaskForm
from jinja2 import Template
from slugify import slugify
from werkzeug.routing import BaseConverter, IntegerConverter, UnicodeConverter

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def _whose() -> str:
    return f"person:{current_user.id}" if current_user.is_authenticated else f"address:{request.remote_addr}"


limiter = Limiter(key_func=_whose, headers_enabled=True)


def viewer() -> Any:
    """Who is asking: the Person or the Stranger itself, not Flask-Login's proxy of it."""
    return current_user._get_current_object()


class Form(FlaskForm):
    """What may come in. An invalid one is shown again with status 422 and the text that was typed."""


class Numbered(IntegerConverter):
    """A plain id in an address: no longer than any database keeps."""

    regex = r"\d{1,18}"


class Worded(UnicodeConverter):
    """A word in an address. A NUL, which PostgreSQL cannot look for, becomes the mark for what is unreadable."""

    def to_python(self, value: str) -> str:
        return value.replace("\0", "\ufffd")


class Slugged(BaseConverter):
    """An id with a readable tail, `/ideas/7-offline-mode`. The tail is for people and never trusted."""

    regex = r"\d{1,18}(?:-[^/]*)?"

    def to_python(self, value: str) -> int:
        return int(value.partition("-")[0])

    def to_url(self, value: Any) -> str:
        if isinstance(value, int | str):
            return str(value)
        tail = slug(value.slug_source)
        return f"{value.id}-{tail}" if tail else str(value.id)


@lru_cache(maxsize=20_000)
def slug(text: str) -> str:
    """The readable part of an address: at most 60 characters, letters of any script."""
    return slugify(text, allow_unicode=True, max_length=60, word_boundary=True)


def dom_id(thing: Any, part: str = "") -> str:
    """The id of the element that shows a thing (or a part of it); templates, answers and tests share it."""
    return "-".join(filter(None, [part, type(thing).__name__.lower(), str(thing.id)]))


def address(path: str) -> str:
    """The whole address of a path of ours, as mails and canonical links carry it."""
    settings = current_app.extensions["settings"]
    return (settings.public_url or request.host_url).rstrip("/") + path


def wants_fragment() -> bool:
    """Whether htmx asks, so that only what changed is sent."""
    return request.headers.get("HX-Request") == "true" and "HX-Boosted" not in request.headers


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A whole page from `template`."""
    return make_response(render_template(template, **context), status)


def answer(fragment: str, location: str, status: int = 200, **context: Any) -> Response:
    """After an act: the fragment for htmx, a redirect (303) to `location` for a plain form."""
    if wants_fragment():
        return make_response(render_template(fragment, **context), status)
    return go(location)


def ours(place: str) -> str:
    """A page of ours with its query, as a form or a browser names it; empty for what leads elsewhere."""
    try:
        came = urlsplit(place)
    except ValueError:
        return ""
    there = f"{came.path}?{came.query}" if came.query else came.path
    known = came.netloc in ("", request.host) and came.scheme in ("", request.scheme)
    return there if known and there.startswith("/") and not there.startswith(("//", "/\\")) else ""


def go(location: str) -> Response:
    """Redirect after a post (303). htmx is told to load the address as a page."""
    if wants_fragment():
        return Response(status=204, headers={"HX-Redirect": location})
    return make_response(redirect(location, code=303))


class Part(Template):
    """A template whose macros are made once for the process.

    Jinja compares the names that template and importer know at every import, which took a fifth of a page. All
    ours know the same names: nobody hands a template globals of its own.
    """

    def _get_default_module(self, _ctx: Any = None) -> Any:
        if self._module is None:
            self._module = self.make_module()
        return self._module


def csp_nonce() -> str:
    """The nonce of this response; every script and style element carries it."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _policy() -> str:
    nonce = csp_nonce()
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; "
        "object-src 'none'; frame-ancestors 'none'"
    )


def _guard(response: Response, *, https: bool) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":
        response.headers.setdefault("Content-Security-Policy", _policy())
        _validate(response)
    return response


def _validate(response: Response) -> None:
    """Anonymous pages carry an ETag over everything but the nonce; pages of a person are not kept elsewhere."""
    personal = bool(session) or current_user.is_authenticated
    response.headers.setdefault("Cache-Control", "private, no-cache" if personal else "public, no-cache")
    response.vary.update(["Cookie", "HX-Request"])
    plain = response.status_code == 200 and request.method in SAFE and response.mimetype == "text/html"
    if personal or not plain or response.is_streamed:
        return
    body = response.get_data().replace(csp_nonce().encode(), b"")
    response.set_etag(sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    if response.status_code == 304:
        # The kept page was made with the nonce of its own policy: leave that policy in force.
        del response.headers["Content-Security-Policy"]


@lru_cache(maxsize=4)
def _whole(kind: str, folder: str, hue: int) -> tuple[str, bytes]:
    """All files of static/css or static/js as one, in the order of order.txt, and the version in its address."""
    names = Path(folder, kind, "order.txt").read_text().split()
    text = b"\n".join(Path(folder, kind, f"{name}.{kind}").read_bytes() for name in names)
    if kind == "css":
        text += f":root {{ --hue: {hue}; }}\n".encode()
    return sha256(text).hexdigest()[:12], text


def _of_this_app(kind: str) -> tuple[str, bytes]:
    return _whole(kind, str(current_app.static_folder), current_app.extensions["settings"].accent_hue)


def whole(kind: str, version: str) -> Response:
    """The one style sheet or script. Its address changes with its content, so browsers keep it for a year."""
    if current_app.extensions["settings"].development:
        _whole.cache_clear()
    newest, text = _of_this_app(kind)
    response = Response(text, mimetype="text/css" if kind == "css" else "text/javascript")
    kept = "public, max-age=31536000, immutable" if version == newest else "no-cache"
    response.headers["Cache-Control"] = kept
    return response


def whole_address(kind: str) -> str:
    """Where the style sheet ("css") or the script ("js") is; beside its parts, so that fonts are found from it."""
    return url_for("whole", kind=kind, version=_of_this_app(kind)[0])


def register(app: Flask, *, https: bool) -> None:
    """Give the app its converters, template names, limits and guarding headers."""
    app.url_map.converters.update(default=Worded, string=Worded, int=Numbered, slugged=Slugged)
    app.jinja_env.template_class = Part
    app.jinja_env.globals.update(
        address=address,
        csp_nonce=csp_nonce,
        dom_id=dom_id,
        whole_address=whole_address,
    )
    app.add_url_rule("/static/<any(css, js):kind>/all-<version>", "whole", whole)
    limiter.init_app(app)

    @app.after_request
    def guard(response: Response) -> Response:
        return _guard(response, https=https)
