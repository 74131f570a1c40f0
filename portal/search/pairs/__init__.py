"""Pairs of ideas that seem to ask for the same: found by the worker, merged or dismissed for good by staff."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def register(app: "Flask") -> None:
    """Attach the pages and the reader, and have the worker look."""
    from portal.activity.reading import readers
    from portal.search.pairs import cli, views
    from portal.search.pairs.pairing import PairReader

    app.register_blueprint(views.pairs)
    readers.register(PairReader())

    def look(stopping: "Callable[[], bool]") -> None:
        cli.look(app.extensions["search"], stopping)

    app.extensions["jobs"].add("look_for_pairs", look)
