"""Import from other tools, and export for product managers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def register(app: "Flask") -> None:
    """Attach the commands and pages, and have the worker make what is scheduled."""
    from portal.transfer import cli, views
    from portal.transfer.own.views import own
    from portal.transfer.saved import cli as saved
    from portal.transfer.saved import erasing  # noqa: F401
    from portal.transfer.saved import views as saved_views  # noqa: F401
    from portal.transfer.uploads import cli as uploads
    from portal.transfer.uploads.models import CHORE
    from portal.transfer.uploads.views import imports

    app.register_blueprint(views.transfer)
    app.register_blueprint(own)
    app.register_blueprint(imports)
    app.cli.add_command(cli.transfer)
    settings = app.extensions["settings"]

    def work(stopping: "Callable[[], bool]") -> None:
        uploads.work(settings, stopping)

    app.extensions["jobs"].add(CHORE, work)
    app.extensions["jobs"].add(saved.CHORE, lambda stopping: saved.deliver(settings, stopping))
