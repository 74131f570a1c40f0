"""Setting up: a connection is made, changed and taken away. What a vendor needs is said by its declaration."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from urllib.parse import urlsplit

import sqlalchemy as sa

from portal.activity import journal
from portal.activity.events import CrmConnected, CrmDisconnected
from portal.crm_bridge import connecting, leasing
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.declaring import Declaration, Setting, declaration
from portal.crm_bridge.gateway import GATEWAYS
from portal.crm_bridge.models import DEFAULT, CrmConnection
from portal.crm_bridge.pulling import dealing
from portal.crm_bridge.sealing import seal
from portal.database import db
from portal.errors import Conflict, Unusable

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
TAKEN = "new"
"""The page on which a connection is made."""
LONGEST = 8_000


def vendors() -> dict[str, Declaration]:
    """The vendors that there are, by name; those of the tests are left out."""
    every = {name: declaration(name) for name in sorted(GATEWAYS)}
    return {name: each for name, each in every.items() if not each.of_tests}


def connect(
    name: str,
    vendor: str | None,
    given: Mapping[str, str],
    private: bool,
    key: str,
    by: int | None = None,
    old: Connection | None = None,
) -> list[str]:
    """Make the connection, or change the settings that are given; returns the names of the settings that changed.

    `private` allows an address that is not public; `key` seals secrets; `by` is who does it (None: a command), `old` what
    they saw. Raises Unusable for what cannot be, Conflict for another vendor, and when it is no longer as it was seen.
    """
    row = _locked(name, vendor, old)
    declared = declaration(row.vendor)
    values = checked(row.vendor, declared, given, {*row.settings, *row.sealed})
    secret = {each.name for each in declared.settings if each.secret}
    row.settings = row.settings | {each: value for each, value in values.items() if each not in secret}
    kept = {each: value for each, value in values.items() if each in secret}
    row.sealed = row.sealed | seal(name, kept, key)
    row.private = row.private or private
    # What was wrong with the old credentials says nothing of the new ones.
    row.failures, row.opened_at, row.not_before = 0, None, None
    db.session.add(row)
    db.session.flush()
    journal.record(CrmConnected(actor_id=by, connection=name, vendor=row.vendor, settings=sorted(values)))
    return sorted(values)


def _locked(name: str, vendor: str | None, old: Connection | None) -> CrmConnection:
    connecting.make_default()
    row = db.session.get(CrmConnection, name, with_for_update=True, populate_existing=True)
    if old is not None and (row is None or mark_of(row) != mark_of(old)):
        # What was typed was looked at beside settings that are no more: a secret may go to another address by now.
        raise Conflict(
            f"Somebody changed the settings of {name} meanwhile. Load the form again, and look at them."
        )
    if row is None:
        return _begun(name, vendor)
    if vendor is not None and row.vendor != vendor:
        raise Conflict(f"{name} is a connection to {row.vendor}. Disconnect it first, or take another name.")
    return row


def mark_of(connection: Connection | CrmConnection) -> str:
    """A mark of all settings, by which it is known whether somebody changed one."""
    said = [connection.vendor, dict(connection.settings), dict(connection.sealed), connection.private]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def _begun(name: str, vendor: str | None) -> CrmConnection:
    if not NAME.fullmatch(name) or name == TAKEN:
        raise Unusable(
            f"{name!r} cannot be the name of a connection: small letters, digits, - and _, at most 40."
        )
    if vendor is None:
        raise Unusable(f"There is no connection {name}. Say which CRM it is: --vendor {'|'.join(vendors())}.")
    if vendor not in GATEWAYS:
        raise Unusable(f"There is no vendor {vendor!r}. There is: {', '.join(vendors())}.")
    return CrmConnection(name=name, vendor=vendor, settings={}, sealed={}, private=False)


def checked(
    vendor: str, declared: Declaration, given: Mapping[str, str], there: Sequence[str] | set[str] = ()
) -> dict[str, str]:
    """The given settings. Raises Unusable when one is not known, not usable, or a required one is missing."""
    known = {each.name: each for each in declared.settings}
    for name in given:
        if name not in known:
            raise Unusable(f"{vendor} has no setting {name!r}. It has: {', '.join(known) or 'none'}.")
    missing = [each for each in known.values() if each.required and each.name not in {*given, *there}]
    if missing:
        words = "; ".join(f"{each.name} ({each.meaning})" for each in missing)
        raise Unusable(f"{vendor} also needs {words}. Give it with --set NAME=VALUE.")
    return {name: usable(known[name], value.strip()) for name, value in given.items()}


def usable(setting: Setting, value: str, called: str = "") -> str:
    """The value; what is wrong with a secret one is said without it. `called`: how the setting is called to whom it is
    said, else by its name. Raises Unusable."""
    called, said = called or setting.name, "" if setting.secret else f", not {value!r}"
    if len(value) > LONGEST or "\0" in value:
        raise Unusable(f"{called} is too long or no text.")
    if setting.required and not value:
        raise Unusable(f"{called} must not be empty: {setting.meaning}.")
    if setting.choices and value not in setting.choices:
        raise Unusable(f"{called} must be one of {', '.join(setting.choices)}{said}.")
    if setting.kind == "number" and not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Unusable(f"{called} must be a whole number{said}.")
    if setting.kind == "number" and not setting.least <= int(value) <= setting.most:
        raise Unusable(f"{called} must be from {setting.least:,} to {setting.most:,}{said}.")
    if setting.kind == "day" and value and not _is_day(value):
        raise Unusable(f"{called} must be a day such as 2027-03-01{said}.")
    if setting.kind == "address" and not _is_address(value):
        raise Unusable(
            f"{called} must be an address such as {setting.example or 'https://crm.example'}{said}."
        )
    return value


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        there = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and there and "@" not in parts.netloc and text.isprintable()


def disconnect(name: str, by: int | None = None) -> None:
    """Take a connection away, with its ledger. What the CRM holds stays there. Raises NotFound, Conflict."""
    connecting.find(name)
    if name == DEFAULT:
        raise Conflict(f"{DEFAULT} is always there. Pause it if nothing shall be written.")
    row = db.session.get_one(CrmConnection, name, with_for_update=True, populate_existing=True)
    if leasing.holds(row):
        raise Conflict(f"A push is under way on {name}. Pause it, and wait until it ends.")
    vendor = row.vendor
    dealing.forget(name)
    db.session.expunge(row)
    db.session.execute(sa.delete(CrmConnection).where(CrmConnection.name == name))
    journal.record(CrmDisconnected(actor_id=by, connection=name, vendor=vendor))
