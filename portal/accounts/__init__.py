"""People and companies: who is here, how they sign in, what each may do."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach sign-in, the pages of people, and their commands."""
    from portal.accounts import views
    from portal.accounts.mailbox import views as mailbox
    from portal.accounts.security import views as security

    security.register(app)
    mailbox.register(app)
    app.register_blueprint(views.accounts)
