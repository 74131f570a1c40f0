"""What hangs together in HubSpot: pairs of ids in `links`."""

import httpx

from tests.crm_bridge.fakes.hubspot_records import Refused, error
from tests.crm_bridge.fakes.server import body_of

TYPES = {
    "notes": {202: "contacts", 190: "companies", 214: "deals"},
    "tasks": {204: "contacts", 192: "companies", 216: "deals"},
}
"""What the numbers of pairs mean."""


class Associations:
    """A part of the fake, which has `links` and `records`. `sees_deals` says whether our key may see deals."""

    def _check_links(self, type_, links):
        """Each leads to a record of the type that its number says."""
        for link in links:
            [of_type] = link["types"]
            there = self.records[TYPES[type_][of_type["associationTypeId"]]]
            if link["to"]["id"] not in there:
                raise Refused("OBJECT_NOT_FOUND", "The object to associate with is not there", {})

    def associate(self, request, one, other):
        if "deals" in (one, other) and not self.sees_deals:
            return error(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes")
        pairs = {(each["from"]["id"], each["to"]["id"]) for each in body_of(request)["inputs"]}
        assert all(a in self.records[one] and b in self.records[other] for a, b in pairs)
        self.links |= pairs
        if (one, other) == ("contacts", "companies"):
            for contact, company in pairs:
                self.records[one][contact].setdefault("associatedcompanyid", company)
        return httpx.Response(200, json={"status": "COMPLETE", "results": []})

    def associated(self, request, one, other):
        """At most three at once, so that pages are turned."""
        if "deals" in (one, other) and not self.sees_deals:
            return error(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes")
        results = []
        for each in body_of(request)["inputs"]:
            there = sorted(
                a if b == each["id"] else b
                for a, b in self.links
                if each["id"] in (a, b) and (a if b == each["id"] else b) in self.records[other]
            )
            start = int(each.get("after", 0))
            said = {
                "from": {"id": each["id"]},
                "to": [{"toObjectId": int(id_)} for id_ in there[start : start + 3]],
            }
            if there[start + 3 :]:
                said["paging"] = {"next": {"after": str(start + 3)}}
            results += [said] if said["to"] else []
        return httpx.Response(200, json={"status": "COMPLETE", "results": results})
