"""The pages of people."""

from flask import Flask

from portal.accounts.security import views as security


def register(app: Flask) -> None:
    """Attach sign-in and these pages."""
    security.register(app)
