"""Advising: what a person can do when a CRM did not do what was asked of it, with its own words."""

from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.gateway import CrmError

PRIVATE = ("is not a public address", "is not called without TLS")
"""How `calling/guarding.py` refuses to call."""


def advice(error: CrmError, connection: Connection) -> str:
    """What the CRM said, and what to do now."""
    said = str(error).rstrip(".")
    if any(each in said for each in PRIVATE):
        return (
            f"{said}. Addresses in your own network, and those without TLS, are allowed by the command alone: "
            f"flask crm connect {connection.name} --private, together with its settings."
        )
    title = declaration(connection.vendor).title
    if error.ended:
        return f"{said}. {title} wants nothing any more: ask whoever looks after it, then go on."
    if error.auth:
        return f"{title} did not let us in: {said}. {_credentials(connection)}"
    if error.permanent:
        return f"{title} refused it: {said}."
    if error.retry_at is not None and connection.not_before is not None:
        return f"{title} has no time for us now: {said}. It is tried again by itself."
    return f"{title} could not be asked: {said}. Look whether the address is right, and try again."


def _credentials(connection: Connection) -> str:
    """Where the secrets of this vendor come from."""
    secrets = [each for each in declaration(connection.vendor).settings if each.secret]
    places = "; ".join(f"{each.title}: {each.where or each.meaning}" for each in secrets)
    return (
        f"Look there again. {places}. Then change the settings and test again."
        if places
        else "Test again later."
    )
