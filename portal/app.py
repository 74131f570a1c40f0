"""The factory. SLICES is the table of contents of the product."""

import logging
from importlib import import_module
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Request, abort, current_app, request
from flask_login import current_user
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.exceptions import HTTPException, LengthRequired, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter

from portal import failures, keeping, pages
from portal.accounts.permissions import Permission
from portal.cli import MIGRATIONS
from portal.database import db, engine_options, set_reads_only
from portal.errors import NotAllowed, Refusal
from portal.settings import ROOT, Settings, from_environment

SLICES = (
    "activity",
    "accounts",
    "voting",
    "discussion",
    "ideas",
    "forums",
    "moderation",
    "reputation",
    "search",
    "insights",
    "notifications",
    "crm_bridge",
    "transfer",
    "admin",
    "home",
    "demo",
)


FORMS = frozenset({"", "application/x-www-form-urlencoded", "multipart/form-data"})
"""What is sent to us: forms, or nothing. Flask-WTF would also take JSON, whose values are not only texts."""


UPLOADS = "/images/"
"""The address to which pictures are sent."""
HOOKS = "/crm/hooks/"
"""Where CRMs send messages, which are no forms and are signed."""
IMPORTS = {"/admin/imports": Permission.ADMINISTER}
"""Where the files of an import are sent, and who may. Nothing of the body is read before that is known."""


class TooLarge(Refusal):
    """A picture of more bytes than are taken."""

    status = 413
    title = "This picture is too large"


class Fields(ImmutableMultiDict[str, Any]):
    """What came in by address or form. A NUL, which PostgreSQL cannot keep, becomes the mark for what is unreadable."""

    def __init__(self, mapping: Any = None) -> None:
        if isinstance(mapping, list):
            mapping = [(k, v.replace("\0", "\ufffd") if isinstance(v, str) else v) for k, v in mapping]
        super().__init__(mapping)


class Asked(Request):
    """A request whose words can be stored and looked for. Only UPLOADS and IMPORTS take files: elsewhere,
    whoever sends one sent nothing."""

    parameter_storage_class = Fields

    @property
    def takes_files(self) -> bool:
        return self.path == UPLOADS and self.method == "POST"

    @property
    def is_import(self) -> bool:
        """Whether it brings the files of an import."""
        return self.method == "POST" and self.path in IMPORTS

    @property
    def files(self) -> ImmutableMultiDict[str, FileStorage]:
        return super().files if self.takes_files or self.is_import else ImmutableMultiDict()


class Portal(Flask):
    """Flask, with plain forms that reach PUT and DELETE through a hidden field `_method`."""

    request_class = Asked
    # All templates stay compiled: a plain dict, where a bounded cache takes a lock at every include.
    jinja_options = {"cache_size": -1}

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if request is None:
            return super().create_url_adapter(None)
        wanted = self._method_in(request)
        if request.method == "POST" and wanted in {"PUT", "DELETE"}:
            request.method = request.environ["REQUEST_METHOD"] = wanted
        try:
            return super().create_url_adapter(request)
        except HTTPException as no_host:
            # The refusal is a page, whose links need an adapter.
            request.environ["portal.unreadable"] = no_host
            return self.url_map.bind("localhost")

    def _method_in(self, request: Any) -> str:
        # No app is current yet, from which the request would know what it may read.
        request.max_content_length = self.config[
            "MAX_IMAGE_LENGTH" if request.takes_files else "MAX_CONTENT_LENGTH"
        ]
        request.max_form_memory_size = self.config["MAX_FORM_MEMORY_SIZE"]
        request.max_form_parts = self.config["MAX_FORM_PARTS"]
        if request.method in pages.SAFE:
            return ""
        if request.is_import:
            request.max_content_length = self.config["MAX_UPLOAD"]
            return ""
        try:
            wanted: str = request.form.get("_method", "").upper()
            if request.content_length is None and getattr(request.stream, "is_exhausted", False):
                # Of a body that does not say how long it is, Werkzeug reads what is allowed and drops the rest.
                raise RequestEntityTooLarge
            return wanted
        except RequestEntityTooLarge as too_large:
            most = f"{self.extensions['settings'].max_image // 1_048_576} MB fit. Make the picture smaller."
            request.environ["portal.unreadable"] = TooLarge(most) if request.takes_files else too_large
        except (HTTPException, OSError) as unreadable:
            # OSError: there is no room for what is read.
            request.environ["portal.unreadable"] = unreadable
        return ""


def create_app(settings: Settings | None = None) -> Portal:
    """The portal as a WSGI application. Raises BadSetting when a setting cannot be used."""
    settings = settings or from_environment()
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = Portal(__name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.config.from_mapping(_config(settings))
    app.extensions["settings"] = settings
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["settings"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_begin)
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    CSRFProtect(app)
    keeping.register(app, url=settings.database, megabytes=settings.page_cache_mb)
    pages.register(app, https=settings.https)
    failures.register(app)
    for name in SLICES:
        import_module(f"portal.{name}").register(app)
    logging.getLogger("portal").setLevel(logging.INFO)
    return app


def _begin() -> None:
    set_reads_only(request.method in pages.SAFE)
    unreadable = request.environ.get("portal.unreadable")
    if unreadable is not None:
        raise unreadable
    if not current_app.extensions["settings"].public_url and not _is_this_machine(request.host):
        # Links in mails begin with the address that was asked for, and whoever asks chooses that.
        abort(421)
    is_form = request.mimetype in FORMS or request.path.startswith(HOOKS)
    if request.method not in pages.SAFE and not is_form:
        abort(415)
    if cast(Asked, request).is_import:
        _refuse_strangers(IMPORTS[request.path])


def _refuse_strangers(permission: Permission) -> None:
    """Whoever may not send files is told so before they are read; who may keeps nobody waiting meanwhile."""
    if not current_user.is_authenticated:
        abort(401)
    if not current_user.may(permission):
        raise NotAllowed("Only admins bring data in. Ask one of them.")
    db.session.rollback()
    try:
        if request.content_length is None and "Transfer-Encoding" in request.headers:
            # Of a body that does not say how long it is, what is too much would be read without a word.
            raise LengthRequired
        _ = request.form
    except HTTPException as too_large:
        request.environ["portal.unreadable"] = too_large
        raise


def _is_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.signing_key(),
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database, settings.statement_seconds),
        "MAX_CONTENT_LENGTH": settings.max_body,
        "MAX_IMAGE_LENGTH": settings.max_image + 65_536,
        "MAX_FORM_MEMORY_SIZE": settings.max_body,
        "MAX_UPLOAD": settings.max_upload,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.https else "session",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "TEMPLATES_AUTO_RELOAD": settings.development,
        "WTF_CSRF_TIME_LIMIT": None,
        "RATELIMIT_ENABLED": settings.rate_limits,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "SEND_FILE_MAX_AGE_DEFAULT": 0 if settings.development else 86_400,
    }
