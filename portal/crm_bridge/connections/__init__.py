"""Connections to CRMs: setting up, testing, looking after, taking away."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def register(app: "Flask") -> None:
    """Attach commands and pages, and have the worker do what is asked for."""
    from portal.crm_bridge.connections import cli, views  # noqa: F401
    from portal.crm_bridge.connections.entering import cli as entering_cli  # noqa: F401
    from portal.crm_bridge.connections.entering import views as entering  # noqa: F401
    from portal.crm_bridge.connections.fields import views as fields  # noqa: F401
    from portal.crm_bridge.connections.jobs import cli as driver
    from portal.crm_bridge.connections.jobs import views as jobs  # noqa: F401
    from portal.crm_bridge.connections.jobs.models import CHORE

    settings = app.extensions["settings"]

    def work(stopping: "Callable[[], bool]") -> None:
        driver.work_waiting(settings, stopping)

    app.extensions["jobs"].add(CHORE, work, CHORE)
