"""Staff screens, and the commands that set a portal up."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach pages and commands."""
    from portal.admin import cli, views

    app.register_blueprint(views.admin)
    app.cli.add_command(cli.admin)
