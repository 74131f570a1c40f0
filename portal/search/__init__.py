"""The index, and finding in it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach pages, commands and the reader."""
    from portal.search import cli, pairs, views

    views.register(app)
    cli.register(app)
    pairs.register(app)
