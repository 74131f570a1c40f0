"""The append-only ledger of points."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach the page of the ledger, its commands, and the listeners that write it."""
    from portal.accounts import profiles
    from portal.reputation import cli, earning, erasing, forgetting, models, profiling, rebuilding, views  # noqa: F401

    profiles.add(10, "reputation/_of_person.html", profiling.latest_of)
    app.register_blueprint(views.reputation)
    app.cli.add_command(cli.reputation)
