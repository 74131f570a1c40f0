"""The journal: what happened, by whom, to what; and the readers that follow it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Make the tables known, and attach pages, commands and listeners."""
    from portal.activity import cli

    cli.register(app)
