"""Properties, their groups and custom objects of HubSpot."""

import httpx

from tests.crm_bridge.fakes.hubspot_records import error
from tests.crm_bridge.fakes.server import body_of

STANDARD = {
    "contacts": (
        "email",
        "firstname",
        "lastname",
        "hs_updated_by_user_id",
        "lastmodifieddate",
        "hs_object_id",
        *("jobtitle", "hs_email_optout", "hubspot_owner_id", "lifecyclestage", "associatedcompanyid"),
    ),
    "companies": (
        *("name", "hs_updated_by_user_id", "hs_lastmodifieddate", "hs_object_id", "annualrevenue", "domain"),
        *("hs_ideal_customer_profile", "hubspot_owner_id", "industry", "hs_parent_company_id"),
    ),
    "deals": (
        *("dealname", "hs_primary_associated_company", "amount", "deal_currency_code", "dealstage"),
        *("closedate", "hs_is_closed", "hs_lastmodifieddate", "hs_object_id"),
    ),
    "tasks": (
        *("hs_task_subject", "hs_task_body", "hs_task_status", "hs_task_priority", "hs_task_type"),
        *("hs_timestamp", "hubspot_owner_id", "hs_lastmodifieddate", "hs_object_id"),
    ),
    "notes": ("hs_note_body", "hs_timestamp", "hs_lastmodifieddate", "hs_object_id"),
}


class Properties:
    """A part of the fake: which `properties` each kind of object has. `may_make` says whether our key may make some."""

    def list_properties(self, request, type_):
        if type_ not in self.properties:
            return self.not_found(request)
        every = [{"name": name, "type": each} for name, each in self.properties[type_].items()]
        return httpx.Response(200, json={"results": every})

    def make_group(self, request, type_):
        name = (type_, body_of(request)["name"])
        if not self.may_make:
            return error(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes")
        if name in self.groups:
            return error(409, "OBJECT_ALREADY_EXISTS", "Property group already exists")
        self.groups.add(name)
        return httpx.Response(201, json={"name": name[1]})

    def make_properties(self, request, type_):
        for each in body_of(request)["inputs"]:
            assert (type_, each["groupName"]) in self.groups
            self._define(type_, each)
        return httpx.Response(201, json={"results": [], "status": "COMPLETE"})

    def _define(self, type_, definition):
        self.properties[type_][definition["name"]] = definition["type"]
        if definition.get("hasUniqueValue"):
            self.unique[type_].add(definition["name"])

    def list_objects(self, request):
        if not self.plan_has_objects:
            return error(403, "FORBIDDEN", "Custom objects are not part of this plan")
        return httpx.Response(200, json={"results": list(self.objects.values())})

    def make_object(self, request):
        sent, type_ = body_of(request), f"2-{next(self.numbers)}"
        self.properties[type_], self.unique[type_], self.records[type_] = {}, set(), {}
        for each in [*sent["properties"], {"name": "hs_lastmodifieddate", "type": "datetime"}]:
            self._define(type_, each)
        self.objects[type_] = {"name": sent["name"], "objectTypeId": type_}
        return httpx.Response(201, json=self.objects[type_])
