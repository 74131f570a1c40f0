"""Votes and their tallies."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Make the tables known, and attach pages, commands and listeners."""
    from portal.voting import auditing, models  # noqa: F401
    from portal.voting.demand import models as demand  # noqa: F401
