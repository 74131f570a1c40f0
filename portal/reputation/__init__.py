"""The append-only ledger of points."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach the page of the ledger, its commands, and the listeners that write it."""
    from portal.reputation import cli, earning, models, rebuilding, views  # noqa: F401

    app.register_blueprint(views.reputation)
    app.cli.add_command(cli.reputation)
