"""The form of a connection: a new one, or other settings. What is typed is tested before it is kept."""

from typing import Any

from flask import Response, current_app, flash, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import pages
from portal.crm_bridge import connecting, noting
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.connections import setting_up
from portal.crm_bridge.connections.advising import advice
from portal.crm_bridge.connections.entering import checking, trying
from portal.crm_bridge.connections.forms import NameForm, SettingsForm
from portal.crm_bridge.connections.jobs import asking
from portal.crm_bridge.connections.jobs.models import Act
from portal.crm_bridge.declaring import Declaration, declaration
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import DEFAULT, CrmConnection
from portal.crm_bridge.pauses import pausing
from portal.crm_bridge.views import crm_bridge, manages
from portal.database import db
from portal.errors import Conflict, NotFound
from portal.settings import Settings

NEW = "It is new: look at its fields and at the plan, then go on."
TAKEN = "There is a connection {} already. Take another name."
posts = pages.limiter.limit("20/minute")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _vendors() -> dict[str, Declaration]:
    """Those that are connected on the page; the embedded store is there by itself."""
    return {name: each for name, each in setting_up.vendors().items() if name != DEFAULT}


@crm_bridge.get("/connections/new")
@manages
def new_connection() -> Response:
    vendor = request.args.get("vendor", "")
    if vendor not in _vendors():
        return pages.page("crm_bridge/connections/vendors.html", vendors=_vendors())
    settings = SettingsForm(_vendors()[vendor])
    settings.process()
    return _form(NameForm(formdata=None), settings, vendor)


@crm_bridge.post("/connections")
@manages
@posts
def create_connection() -> Response:
    """Test what was typed and keep it, paused, so that nothing is sent before somebody looked."""
    vendor = request.form.get("vendor", "")
    if vendor not in _vendors():
        raise NotFound("There is no such CRM here. Choose one of the list.")
    form, settings = NameForm(), SettingsForm(_vendors()[vendor])
    settings.process(request.form)
    if form.validate() and db.session.get(CrmConnection, form.name.data) is not None:
        form.name.errors = [TAKEN.format(form.name.data)]
    settings.validate()
    given = settings.given({})
    if checking.wrong(settings, given, None) or form.errors:
        return _form(form, settings, vendor, status=422)
    return _try(str(form.name.data), form, settings, vendor, given)


@crm_bridge.get("/connections/<name>/settings")
@manages
def edit_connection(name: str) -> Response:
    connection = connecting.find(name)
    settings = SettingsForm(declaration(connection.vendor), frozenset(connection.sealed))
    settings.process(data=connection.settings)
    return _form(None, settings, connection.vendor, connection)


@crm_bridge.put("/connections/<name>/settings")
@manages
@posts
def update_connection(name: str) -> Response:
    connection = connecting.find(name)
    settings = SettingsForm(declaration(connection.vendor), frozenset(connection.sealed))
    settings.process(request.form)
    settings.validate()
    given = settings.given(connection.settings)
    if request.form.get("seen") not in (None, setting_up.mark_of(connection)):
        return _form(
            None, settings, connection.vendor, connection, checking.meanwhile(given, connection), 409
        )
    if checking.wrong(settings, given, connection):
        return _form(None, settings, connection.vendor, connection, status=422)
    return _try(name, None, settings, connection.vendor, given, connection)


def _try(
    name: str,
    form: NameForm | None,
    settings: SettingsForm,
    vendor: str,
    given: dict[str, str],
    old: Connection | None = None,
) -> Response:
    """Test, unless the test is left out, and keep what passes it."""
    by, found = current_user.id, None
    if "folder" in given and settings.declared.settings[0].kind == "place":
        given = given | {"folder": str(_settings().folder / "drop" / given["folder"])}
    if request.form.get("act") != "save":
        would = trying.as_it_would_be(name, settings.declared, vendor, given, old, _settings().signing_key())
        # While the CRM is asked nobody waits for a lock of ours.
        db.session.rollback()
        found, words = _tested(would, kept=old is not None)
        if found is None:
            return _form(form, settings, vendor, old, words, 422)
    return _keep(name, vendor, given, by, found, old)


def _tested(would: Connection, kept: bool) -> tuple[dict[str, Any] | None, str]:
    """What a test found, or what to do about it. Its calls are noted where there is a connection to note them at."""
    try:
        found, notes = trying.attempt(would, _settings())
    except CrmError as error:
        return None, advice(error, would)
    except Conflict as refusal:
        return None, str(refusal)
    if kept:
        noting.write(would.name, notes)
        db.session.commit()
    return found, ""


def _keep(
    name: str,
    vendor: str,
    given: dict[str, str],
    by: int,
    found: dict[str, Any] | None,
    old: Connection | None,
) -> Response:
    is_new = old is None
    try:
        if is_new and db.session.get(CrmConnection, name, populate_existing=True) is not None:
            raise Conflict(TAKEN.format(name))
        setting_up.connect(name, vendor, given, False, _settings().signing_key(), by, old)
    except IntegrityError as quicker:
        raise Conflict(TAKEN.format(name)) from quicker
    if is_new:
        pausing.pause(name, by=by, why=NEW)
    if found is not None:
        asking.note_done(name, Act.TEST, by, found)
    db.session.commit()
    flash(f"{name} is set up. {NEW}" if is_new else f"The settings of {name} are kept.", "good")
    return pages.go(url_for(".show_connection", name=name))


def _form(
    form: NameForm | None,
    settings: SettingsForm,
    vendor: str,
    connection: Connection | None = None,
    failed: str = "",
    status: int = 200,
) -> Response:
    """The form; `form` is there for a new connection, `failed` says why a test did not pass."""
    return pages.page(
        "crm_bridge/connections/form.html",
        status,
        form=form,
        given=settings,
        vendor=vendor,
        declared=settings.declared,
        connection=connection,
        seen=setting_up.mark_of(connection) if connection else "",
        failed=failed,
        stale=status == Conflict.status,
    )
