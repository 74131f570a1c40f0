"""People and companies: who is here, how they sign in, what each may do."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach sign-in, the pages of people, and their commands."""
    from portal.accounts import burying, views
    from portal.accounts.erasing import Leftovers
    from portal.accounts.erasure import cli
    from portal.accounts.erasure import views as _erasure  # noqa: F401
    from portal.accounts.handles import views as _handles  # noqa: F401
    from portal.accounts.mailbox import views as mailbox
    from portal.accounts.security import views as security
    from portal.activity.reading import readers

    burying.use_key(app.extensions["settings"].signing_key())
    readers.register(Leftovers())
    security.register(app)
    mailbox.register(app)
    app.register_blueprint(views.accounts)
    app.cli.add_command(cli.accounts)
    app.extensions["jobs"].add("deliver_last_mails", cli.deliver_left)
