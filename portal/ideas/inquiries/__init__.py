"""The pages of inquiries and their command: apart from the acts, because the page of an idea reads what these keep."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def register(app: "Flask") -> None:
    """Attach pages and command, and have the worker ask and close."""
    from portal.ideas.inquiries import cli, views
    from portal.ideas.inquiring import auditing  # noqa: F401

    views.register(app)
    app.cli.add_command(cli.ideas)

    def ask(stopping: "Callable[[], bool]") -> None:
        cli.ask_and_close(stopping)

    app.extensions["jobs"].add("ask_still_wanted", ask)
