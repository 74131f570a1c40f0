"""Testing a connection: who we are there, whether we may read and write, and what the CRM lacks for us."""

from datetime import datetime
from typing import Any

from portal.crm_bridge.alarms.expiring import days_left, in_words
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.declaring import ENDS, declaration
from portal.crm_bridge.gateway import CrmError, CrmGateway, Key
from portal.crm_bridge.mapping import CONTACT, KINDS

NOBODY = Key("person:0")
SHOWN = 60


def test(connection: Connection, gateway: CrmGateway, now: datetime) -> dict[str, Any]:
    """What was found, as its page keeps it. Writes nothing there; a webhook gets a message that speaks of nobody.

    Raises CrmError when the CRM does not let us in.
    """
    identity = gateway.introduce()
    missing = gateway.missing_schema(KINDS)
    return {
        "who": identity.who,
        "place": identity.place,
        "writes": identity.writes,
        "days": days_left(connection.settings, now.date()),
        "ends": any(each.name == ENDS for each in declaration(connection.vendor).settings),
        "missing": missing[:SHOWN],
        "lacking": len(missing),
        **_reading(connection, gateway, bool(missing)),
    }


def _reading(connection: Connection, gateway: CrmGateway, lacking: bool) -> dict[str, Any]:
    """Whether contacts can be looked for. Before our fields are there nobody can tell."""
    if not declaration(connection.vendor).reads_back or lacking:
        return {"reads": None, "refusal": ""}
    try:
        gateway.plan_keys(CONTACT.name, [NOBODY])
    except CrmError as error:
        if not (error.auth or error.permanent):
            raise
        return {"reads": False, "refusal": str(error)[:300]}
    return {"reads": True, "refusal": ""}


def lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What was found, as (what was asked, the answer), the same for a page and a terminal."""
    reads = {
        None: "not known: the CRM cannot be read back, or our fields are not there yet",
        True: "yes",
        False: f"no: {found['refusal']}",
    }[found["reads"]]
    writes = {None: "the CRM does not say; the first push shows it", True: "yes", False: "no"}[
        found["writes"]
    ]
    lacking = found["lacking"]
    # A test that is older than this line has no such word.
    until = [("Days left of the secret", in_words(found["days"]))] if found.get("ends") else []
    schema = f"{lacking} missing" if lacking else "everything is there"
    return [
        ("Who we are there", found["who"]),
        ("Where", found["place"]),
        ("May we read", reads),
        ("May we write", writes),
        *until,
        ("Our fields", schema),
    ]
