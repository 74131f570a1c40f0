"""The pages of connections: which there are, how each stands, pausing, and taking one away."""

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, flash, request, url_for
from flask_login import current_user

from portal import clock, pages
from portal.activity.cli import current_jobs
from portal.crm_bridge import connecting, sealing, telling
from portal.crm_bridge import queries as records
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.connections import describing, measuring, queries, stepping
from portal.crm_bridge.connections.forms import DisconnectForm, PauseForm
from portal.crm_bridge.connections.jobs import asking
from portal.crm_bridge.connections.jobs import queries as jobs
from portal.crm_bridge.connections.jobs.acting import ACTS, Deed
from portal.crm_bridge.connections.jobs.disconnecting import disconnect
from portal.crm_bridge.connections.jobs.models import CHORE, Act, CrmJob
from portal.crm_bridge.connections.standing import standing
from portal.crm_bridge.declaring import Declaration, declaration
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.pauses import pausing
from portal.crm_bridge.views import WATCHED, crm_bridge, manages, sees_records
from portal.database import db
from portal.settings import Settings


@crm_bridge.get("/")
@sees_records
def index() -> Response:
    if wanted := request.args.get("connection"):
        # Where the page of a connection was before; links to it were sent by mail.
        return pages.go(url_for(".show_connection", name=connecting.find(wanted).name))
    now = clock.now()
    rows = [
        (each, declaration(each.vendor).title, standing(each.row, each.oldest_at, now))
        for each in queries.overview()
    ]
    return pages.page(
        "crm_bridge/connections/index.html", rows=rows, erased=jobs.erased(), today=f"{now:%Y-%m-%d}"
    )


@crm_bridge.get("/connections/<name>")
@sees_records
def show_connection(name: str) -> Response:
    answer = page_of(connecting.find(name), PauseForm(formdata=None), DisconnectForm(formdata=None))
    if "watch" in request.args:
        # Whoever has no script asked for it by a link.
        answer.headers["Refresh"] = WATCHED
    return answer


def page_of(
    connection: Connection, pause: PauseForm, disconnects: DisconnectForm, status: int = 200
) -> Response:
    """The page of a connection with these forms."""
    name, done = connection.name, jobs.newest(connection.name)
    return pages.page(
        "crm_bridge/connections/show.html",
        status,
        connection=connection,
        jobs=done,
        acts=_acts(declaration(connection.vendor)),
        last=jobs.last_of_each(done),
        steps=_to_the_first_push(connection, done),
        hook=_hook(connection),
        facts=describing.facts(connection),
        pauses=queries.pauses(name),
        pause=pause,
        disconnects=disconnects,
        **_standing(connection),
        **_said(name, declaration(connection.vendor).calls),
    )


def _to_the_first_push(connection: Connection, done: Sequence[CrmJob]) -> Sequence[stepping.Step]:
    """What is left to do until a connection writes for the first time; nothing once it did."""
    kept = records.connection(connection.name)
    if connection.name == DEFAULT or (kept and kept.pushed_at):
        return ()
    return stepping.steps(connection, declaration(connection.vendor), jobs.last_of_each(done))


def _hook(connection: Connection) -> str:
    """Where the CRM says that something changed; "" where there is nothing to read."""
    declared = declaration(connection.vendor)
    settings: Settings = current_app.extensions["settings"]
    if not declared.pulls or not declared.calls:
        return ""
    address = settings.public_url.rstrip("/") + url_for(".receive_hook", name=connection.name)
    says = (
        "taken"
        if "hook_secret" in connection.sealed
        else "not taken yet, since no secret of its messages is set"
    )
    return f"{says}, at {address}"


def _key() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.signing_key()


def _acts(declared: Declaration) -> list[Deed]:
    """What can be asked of a vendor."""
    never = {Act.ERASE}
    never |= set() if declared.pulls else {Act.PULL}
    never |= set() if declared.reads_back else {Act.DRIFT, Act.REPAIR}
    return [each for each in ACTS if each.act not in never]


def _standing(connection: Connection) -> dict[str, Any]:
    """How it stands now."""
    name, now = connection.name, clock.now()
    kept, state = records.connection(name), records.state(name)
    return {
        "declared": declaration(connection.vendor),
        "standing": standing(kept, state.oldest_at, now),
        "numbers": measuring.numbers(name, kept),
        "unreadable": sealing.unreadable(name, connection.sealed, _key()),
        "wrote": telling.written(kept.pushed) if kept and kept.pushed is not None else "–",
        "kept": kept,
        "state": state,
        "now": now,
        "default": DEFAULT,
        "farthest": records.FARTHEST,
        "today": f"{now:%Y-%m-%d}",
    }


def _said(name: str, calls: bool) -> dict[str, Sequence[Any]]:
    """What was not taken, and what was said last."""
    return {
        "refused": records.refused(name),
        "exchanges": records.exchanges(name),
        "calls": records.calls(name) if calls else [],
    }


@crm_bridge.put("/connections/<name>/pause")
@manages
def put_pause(name: str) -> Response:
    """Send nothing for a while."""
    connection, form = connecting.find(name), PauseForm()
    if not form.validate():
        return page_of(connection, form, DisconnectForm(formdata=None), 422)
    if pausing.pause(name, by=current_user.id, why=form.why.data or ""):
        flash(f"{name} is paused. What changes is noted.", "good")
    db.session.commit()
    return pages.go(url_for(".show_connection", name=name))


@crm_bridge.delete("/connections/<name>/pause")
@manages
def delete_pause(name: str) -> Response:
    """Go on."""
    if pausing.resume(connecting.find(name).name, by=current_user.id):
        flash(f"{name} sends again. The worker begins within a minute.", "good")
    db.session.commit()
    return pages.go(url_for(".show_connection", name=name))


@crm_bridge.delete("/connections/<name>")
@manages
def delete_connection(name: str) -> Response:
    """Take the connection away, at once or after everything was taken out of the CRM."""
    connection, form = connecting.find(name), DisconnectForm()
    if not form.validate():
        return page_of(connection, PauseForm(formdata=None), form, 422)
    if form.written.data == "erase":
        return _erase_first(connection)
    disconnect(name, by=current_user.id)
    db.session.commit()
    flash(f"{name} is no longer connected. What the CRM holds stays there.", "good")
    return pages.go(url_for(".index"))


def _erase_first(connection: Connection) -> Response:
    """A pause keeps the worker from writing again what is being taken out."""
    asking.ask(connection, Act.ERASE, current_user.id)
    pausing.pause(connection.name, by=current_user.id, why="It is taken away: what it wrote is erased first.")
    db.session.commit()
    current_jobs().ask(CHORE)
    return pages.go(url_for(".show_connection", name=connection.name, _anchor="jobs"))
