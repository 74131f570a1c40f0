"""HubSpot in this process: batches that are taken in part, searches with an end, merges, and limits."""

import itertools

import httpx

from tests.crm_bridge.fakes.hubspot_associations import Associations
from tests.crm_bridge.fakes.hubspot_people import People
from tests.crm_bridge.fakes.hubspot_properties import STANDARD, Properties
from tests.crm_bridge.fakes.hubspot_records import Records, error
from tests.crm_bridge.fakes.hubspot_searches import Searches
from tests.crm_bridge.fakes.server import Fake

V = r"(?:v3|v4|2026-09)"
OBJECTS = rf"/crm/(?:{V}/objects|objects/{V})/([\w-]+)"
PROPERTIES = rf"/crm/(?:{V}/properties|properties/{V})/([\w-]+)"
ASSOCIATIONS = rf"/crm/(?:{V}/associations|associations/{V})/([\w-]+)/([\w-]+)"
SCHEMAS = rf"/crm-object-schemas/{V}/schemas"
TOKEN = "pat-eu1-secret-of-the-app"


class HubSpot(People, Properties, Records, Searches, Associations, Fake):
    """`plan_has_objects` says whether custom objects are in the plan; `shuffled` whether results stand in any order."""

    routes = (
        ("GET", r"/account-info/[\w.-]+/details", "account"),
        ("GET", PROPERTIES, "list_properties"),
        ("POST", rf"{PROPERTIES}/groups", "make_group"),
        ("POST", rf"{PROPERTIES}/batch/create", "make_properties"),
        ("GET", SCHEMAS, "list_objects"),
        ("POST", SCHEMAS, "make_object"),
        ("POST", rf"{OBJECTS}/batch/read", "read"),
        ("POST", rf"{OBJECTS}/batch/upsert", "upsert"),
        ("POST", rf"{OBJECTS}/batch/update", "update"),
        ("POST", rf"{OBJECTS}/batch/create", "create"),
        ("POST", rf"{OBJECTS}/batch/archive", "archive"),
        ("POST", rf"{OBJECTS}/search", "search"),
        ("POST", rf"{OBJECTS}/gdpr-delete", "forget"),
        ("GET", rf"{OBJECTS}/(\d+)", "one"),
        ("GET", r"/crm/owners/2026-09", "owners"),
        ("POST", rf"{ASSOCIATIONS}/batch/associate/default", "associate"),
        ("POST", rf"{ASSOCIATIONS}/batch/read", "associated"),
    )
    writes = ("POST", r"/contacts/batch/upsert")
    undeleted = ("POST", "notes/batch/archive", (502, "<html>Bad gateway</html>"))
    bad = {"email": "no address"}
    named = "community_loyalty"
    too_many = {"status": "error", "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}
    wrong_secret = {"token": "pat-eu1-wrong-secret"}

    def __init__(self, contract=None, **settings):
        super().__init__(contract)
        self.settings = {"token": TOKEN, **settings}
        self.known, self.tokens = TOKEN, [TOKEN]
        self.properties = {name: dict.fromkeys(each, "string") for name, each in STANDARD.items()}
        self.unique = {name: {"email"} if name == "contacts" else set() for name in STANDARD}
        self.records = {name: {} for name in STANDARD}
        self.groups, self.objects, self.merged, self.links, self.indexes = set(), {}, {}, set(), {}
        self.bin = set()
        self.numbers = itertools.count(101)
        self.plan_has_objects = self.shuffled = self.may_make = self.sees_deals = True
        self.staff = {"31": ("Dana", "Cole")}
        self.used, self.limit, self.forgotten, self.stamp = 0, 650_000, [], None

    # -- Who calls, and how often --------------------------------------------------------------------------------

    def account(self, request):
        said = {"portalId": 4711, "accountType": "STANDARD", "uiDomain": "app.hubspot.com"}
        return httpx.Response(200, json=said)

    def owners(self, request):
        people = [
            {"id": id_, "email": f"{first.lower()}@acme.example", "firstName": first, "lastName": last}
            for id_, (first, last) in self.staff.items()
        ]
        return httpx.Response(200, json={"results": people})

    def refusal(self, request):
        known, self.known = self.known, TOKEN
        if request.headers.get("authorization") != f"Bearer {known}":
            return error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        self.used += 1
        if self.used > self.limit:
            said = {"status": "error", "errorType": "RATE_LIMIT", "policyName": "DAILY"}
            return httpx.Response(429, json=said)
        return None

    def route(self, request):
        response = super().route(request)
        said = {"max": 190, "remaining": 180, "interval-milliseconds": 10_000}
        said |= {"daily": self.limit, "daily-remaining": self.limit - self.used}
        response.headers.update({f"x-hubspot-ratelimit-{name}": str(each) for name, each in said.items()})
        return response

    def not_found(self, request):
        return error(404, "OBJECT_NOT_FOUND", "resource not found")
