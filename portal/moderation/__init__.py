"""Flags, the queue, hiding, locking, and the log of every act."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Make the tables known, and attach the pages."""
    from portal.moderation import converting, erasing, models, views, workarounds  # noqa: F401

    views.register(app)
    converting.register(app)
    workarounds.register(app)
