"""What is wanted, by whom and since when: numbers folded from votes, and the pages that show them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def register(app: "Flask") -> None:
    """Follow the journal, have the worker fold what waits, and attach pages and commands."""
    from portal.activity.reading import readers
    from portal.insights import auditing, cli, views  # noqa: F401
    from portal.insights.bursts import views as bursts  # noqa: F401
    from portal.insights.figures import views as figures  # noqa: F401
    from portal.insights.following import DemandReader
    from portal.insights.votes import views as votes  # noqa: F401

    views.register(app)
    app.cli.add_command(cli.insights)
    readers.register(DemandReader())

    def fold(stopping: "Callable[[], bool]") -> None:
        cli.fold_waiting(stopping)

    app.extensions["jobs"].add("fold_demand", fold)
