"""Disconnecting: what waits for a connection ends with it."""

from portal.crm_bridge.connections import setting_up
from portal.crm_bridge.connections.jobs import asking


def disconnect(name: str, *, by: int | None) -> None:
    """Take a connection away, with its ledger. What the CRM holds stays there. Raises NotFound, Conflict."""
    setting_up.disconnect(name, by=by)
    asking.stop_all(name)
