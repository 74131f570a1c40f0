"""What people say under ideas and in topics, and what all contributions share."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Make the tables known, and attach pages, commands and listeners."""
    from portal.discussion import auditing, cli, counting, erasing, models, views  # noqa: F401
    from portal.discussion.drafts import views as drafts
    from portal.discussion.images import auditing as _auditing  # noqa: F401
    from portal.discussion.images import using  # noqa: F401
    from portal.discussion.images import views as images

    views.register(app)
    drafts.register(app)
    images.register(app)
    app.cli.add_command(cli.group)
