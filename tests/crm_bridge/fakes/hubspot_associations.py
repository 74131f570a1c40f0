"""What hangs together in HubSpot: pairs of ids in `links`."""

import httpx

from tests.crm_bridge.fakes.server import body_of


class Associations:
    """A part of the fake, which has `links` and `records`."""

    def associate(self, request, one, other):
        self.links |= {(each["from"]["id"], each["to"]["id"]) for each in body_of(request)["inputs"]}
        return httpx.Response(200, json={"status": "COMPLETE", "results": []})

    def associated(self, request, one, other):
        """At most three at once, so that pages are turned."""
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
