"""Staff screens, and the commands that set a portal up."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach pages, commands and listeners."""
