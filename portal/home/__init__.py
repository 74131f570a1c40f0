"""The first screen."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach the first screen."""
    from portal.home import views

    views.register(app)
