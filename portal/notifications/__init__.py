"""Who follows what."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Make the tables known."""
    from portal.notifications import models  # noqa: F401
