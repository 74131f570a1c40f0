"""Keeps the CRM record in step with what people do here."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def register(app: "Flask") -> None:
    """Attach pages and commands, follow the journal, and have the worker push."""
    from portal.accounts import profiles
    from portal.activity.reading import readers
    from portal.crm_bridge import cli, connections, erasing, forgetting, unsaying, views  # noqa: F401
    from portal.crm_bridge.marking import CrmReader
    from portal.crm_bridge.pauses import auditing  # noqa: F401
    from portal.crm_bridge.records import views as records

    app.cli.add_command(cli.crm)
    readers.register(CrmReader())
    profiles.add(90, "crm_bridge/_of_person.html", records.record_of)
    settings = app.extensions["settings"]

    def push(stopping: "Callable[[], bool]") -> None:
        cli.push_waiting(settings, stopping)

    app.extensions["jobs"].add(views.PUSH, push, views.LANE)
    _attach_reading(app)
    _attach_pulling(app)
    connections.register(app)
    _attach_rules(app)
    views.register(app)


def _attach_reading(app: "Flask") -> None:
    from portal.crm_bridge.records import cli
    from portal.crm_bridge.records.rereading import CHORE

    settings = app.extensions["settings"]

    def read(stopping: "Callable[[], bool]") -> None:
        cli.read_asked(settings, stopping)

    app.extensions["jobs"].add(CHORE, read, CHORE)


def _attach_pulling(app: "Flask") -> None:
    from portal.crm_bridge.pulling import cli, views
    from portal.crm_bridge.views import LANE

    views.exempt(app)
    settings = app.extensions["settings"]

    def pull(stopping: "Callable[[], bool]") -> None:
        cli.pull_due(settings, stopping)

    app.extensions["jobs"].add("pull_crm", pull, LANE)


def _attach_rules(app: "Flask") -> None:
    from portal.activity.reading import readers
    from portal.crm_bridge.rules import cli, forgetting, views  # noqa: F401
    from portal.crm_bridge.rules.firing import RuleReader
    from portal.crm_bridge.views import LANE

    readers.register(RuleReader())
    settings = app.extensions["settings"]

    def act(stopping: "Callable[[], bool]") -> None:
        cli.act_waiting(settings, stopping)

    def send(stopping: "Callable[[], bool]") -> None:
        cli.send_waiting(settings, stopping)

    app.extensions["jobs"].add(views.ACT, act)
    app.extensions["jobs"].add(views.SEND, send, LANE)
