"""Associating records of HubSpot, and finding what is associated with them."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.hubspot.asking import Asker, parts


def associate(org: Asker, from_type: str, to_type: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Put records beside each other. Doing it again changes nothing."""
    path = org.path("associations", f"{from_type}/{to_type}/batch/associate/default")
    for part in parts(pairs):
        sent = [{"from": {"id": one}, "to": {"id": other}} for one, other in part]
        org.call("POST", path, json={"inputs": sent}, again=True)


def beside(id_: str, type_: int) -> dict[str, Any]:
    """With a record that is made: what it stands beside, by the number that HubSpot gives to such a pair.

    https://developers.hubspot.com/docs/api-reference/latest/crm/associations/overview
    """
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_}]
    return {"types": types, "to": {"id": id_}}


def associated(org: Asker, from_type: str, ids: Sequence[str], to_type: str) -> dict[str, list[str]]:
    """Per id, the ids of what is associated with it."""
    path = org.path("associations", f"{from_type}/{to_type}/batch/read")
    found: dict[str, list[str]] = {each: [] for each in ids}
    asked: list[Mapping[str, Any]] = [{"id": each} for each in ids]
    while asked:
        rest: list[Mapping[str, Any]] = []
        for part in parts(asked):
            for each in org.call("POST", path, json={"inputs": list(part)}, again=True).data["results"]:
                id_ = str(each["from"]["id"])
                found.setdefault(id_, []).extend(str(to["toObjectId"]) for to in each["to"])
                if after := ((each.get("paging") or {}).get("next") or {}).get("after"):
                    rest.append({"id": id_, "after": after})
        asked = rest
    return found
