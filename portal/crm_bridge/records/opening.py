"""Opening a record where people see it in the CRM: the address, built from what the vendor declares."""

from string import Formatter
from urllib.parse import quote, urlsplit

from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.models import CrmConnection


def page_of(connection: CrmConnection, kind: str, remote_id: str | None) -> str | None:
    """The address of a record in the CRM; None where it has no pages, or where a setting is missing. It never leads
    elsewhere than to the address of the connection."""
    declared = declaration(connection.vendor)
    if remote_id is None or kind not in declared.pages:
        return None
    values = {each.name: each.default or "" for each in declared.settings if not each.secret}
    values |= {name: str(value) for name, value in connection.settings.items()} | {"id": remote_id}
    base_name, _, path = declared.pages[kind].partition(" ")
    base = values.get(base_name, "").rstrip("/")
    named = [name for _, name, _, _ in Formatter().parse(path) if name]
    if not base or not all(values.get(name) for name in named):
        return None
    address = f"{base}/{path.format(**{name: quote(values[name], safe='') for name in named})}"
    return address if _is_there(address, base) else None


def _is_there(address: str, base: str) -> bool:
    try:
        found, meant = urlsplit(address), urlsplit(base)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and (found.scheme, found.netloc) == (meant.scheme, meant.netloc)
