"""Associating records of HubSpot, and finding what is associated with contacts."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.hubspot.asking import Asker, parts


def associate(org: Asker, from_type: str, to_type: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Put records beside each other. Doing it again changes nothing."""
    path = org.path("associations", f"{from_type}/{to_type}/batch/associate/default")
    for part in parts(pairs):
        sent = [{"from": {"id": one}, "to": {"id": other}} for one, other in part]
        org.call("POST", path, json={"inputs": sent}, again=True)


def of_contacts(org: Asker, contacts: Sequence[str], to_type: str) -> dict[str, list[str]]:
    """The ids of what is associated with each contact."""
    path = org.path("associations", f"contacts/{to_type}/batch/read")
    found: dict[str, list[str]] = {each: [] for each in contacts}
    asked: list[Mapping[str, Any]] = [{"id": each} for each in contacts]
    while asked:
        rest: list[Mapping[str, Any]] = []
        for part in parts(asked):
            for each in org.call("POST", path, json={"inputs": list(part)}, again=True).data["results"]:
                contact = str(each["from"]["id"])
                found.setdefault(contact, []).extend(str(to["toObjectId"]) for to in each["to"])
                if after := ((each.get("paging") or {}).get("next") or {}).get("after"):
                    rest.append({"id": contact, "after": after})
        asked = rest
    return found
