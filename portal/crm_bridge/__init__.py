"""Keeps the CRM record in step with what people do here."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach pages, commands and listeners."""
