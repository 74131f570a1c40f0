"""Keeps the CRM record in step with what people do here."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Attach pages and commands, and follow the journal."""
    from portal.activity.reading import readers
    from portal.crm_bridge.cli import crm
    from portal.crm_bridge.marking import CrmReader

    app.cli.add_command(crm)
    readers.register(CrmReader())
