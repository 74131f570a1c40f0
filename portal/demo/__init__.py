"""A community to try the portal with."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach the command that fills an empty database, and let the very first start do the same."""
    from portal.admin import preparing
    from portal.demo import cli

    preparing.on_first_start("demo", cli.fill)
    app.cli.add_command(cli.demo)
