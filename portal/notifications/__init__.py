"""Who follows what, and what people are told."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def register(app: "Flask") -> None:
    """Make the tables known, attach pages, commands and listeners, and follow the journal."""
    from portal.activity.reading import readers
    from portal.notifications import cli, erasing, following, forgetting, models, views  # noqa: F401
    from portal.notifications.noticing import NoticeReader

    views.register(app)
    app.cli.add_command(cli.notices)
    readers.register(NoticeReader())

    def tell(stopping: "Callable[[], bool]") -> None:
        cli.tell_waiting(stopping)

    app.extensions["jobs"].add("tell_people", tell)
