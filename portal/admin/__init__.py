"""Staff screens, and the commands that set a portal up."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach pages and commands."""
    from portal.admin import cli, views
    from portal.admin.audiences import views as audiences  # noqa: F401
    from portal.admin.companies import views as companies  # noqa: F401
    from portal.admin.fields import views as fields  # noqa: F401
    from portal.admin.grounds import views as grounds  # noqa: F401
    from portal.admin.health import views as health  # noqa: F401
    from portal.admin.people import views as people  # noqa: F401
    from portal.admin.places import views as places  # noqa: F401
    from portal.admin.rates import views as rates  # noqa: F401
    from portal.admin.rules import views as rules  # noqa: F401
    from portal.admin.statuses import views as statuses  # noqa: F401

    app.register_blueprint(views.admin)
    app.cli.add_command(cli.admin)
