"""Import from other tools, and export for product managers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach the commands and pages."""
    from portal.transfer import cli, views

    app.register_blueprint(views.transfer)
    app.cli.add_command(cli.transfer)
