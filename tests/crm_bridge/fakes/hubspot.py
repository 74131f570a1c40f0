"""HubSpot in this process: batches that are taken in part, searches with an end, merges, and limits."""

import itertools
import re
from bisect import bisect_left
from datetime import timedelta
from itertools import islice

import httpx

from tests.crm_bridge.fakes.hubspot_associations import Associations
from tests.crm_bridge.fakes.hubspot_filters import Since, condition
from tests.crm_bridge.fakes.server import Fake, body_of

V = r"(?:v3|v4|2026-09)"
OBJECTS = rf"/crm/(?:{V}/objects|objects/{V})/([\w-]+)"
PROPERTIES = rf"/crm/(?:{V}/properties|properties/{V})/([\w-]+)"
ASSOCIATIONS = rf"/crm/(?:{V}/associations|associations/{V})/([\w-]+)/([\w-]+)"
SCHEMAS = rf"/crm-object-schemas/{V}/schemas"
TOKEN = "pat-eu1-secret-of-the-app"
STANDARD = {
    "contacts": (
        "email",
        "firstname",
        "lastname",
        "hs_updated_by_user_id",
        "lastmodifieddate",
        "hs_object_id",
        *("jobtitle", "hs_email_optout", "hubspot_owner_id", "lifecyclestage"),
    ),
    "companies": (
        *("name", "hs_updated_by_user_id", "hs_lastmodifieddate", "hs_object_id", "annualrevenue", "domain"),
        *("hs_ideal_customer_profile", "hubspot_owner_id", "industry", "hs_parent_company_id"),
    ),
    "deals": (
        *("dealname", "hs_primary_associated_company", "amount", "deal_currency_code", "dealstage"),
        *("closedate", "hs_is_closed", "hs_lastmodifieddate", "hs_object_id"),
    ),
    "notes": ("hs_note_body", "hs_timestamp", "hs_lastmodifieddate", "hs_object_id"),
}
MANY = 10**12
MOST = 10_000
"""So many results of one search can be reached."""


class Refused(Exception):
    """What is wrong with a row: (category, words, context)."""


class HubSpot(Associations, Fake):
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
        self.unique = {"contacts": {"email"}, "companies": set(), "notes": set(), "deals": set()}
        self.records = {name: {} for name in STANDARD}
        self.groups, self.objects, self.merged, self.links, self.indexes = set(), {}, {}, set(), {}
        self.numbers = itertools.count(101)
        self.plan_has_objects = self.shuffled = self.may_make = True
        self.used, self.limit, self.forgotten, self.stamp = 0, 650_000, [], None

    # -- What people there do ---------------------------------------------------------------------------

    def contacts(self):
        return [{"id": id_, **each} for id_, each in self.records["contacts"].items()]

    def somebody(self, name, email):
        first, _, last = name.partition(" ")
        id_ = self._make("contacts", {"email": email, "firstname": first, "lastname": last})
        self.records["contacts"][id_]["hs_updated_by_user_id"] = "7"
        return id_

    def name_of(self, id_):
        record = self.records["contacts"][id_]
        return f"{record['firstname']} {record['lastname']}"

    def merge(self, master, loser):
        """What hung under one hangs under the other, which keeps what it says itself."""
        self.indexes.clear()
        del self.records["contacts"][loser]
        self.merged[loser] = master
        self.links = {tuple(master if each == loser else each for each in pair) for pair in self.links}
        self._touch("contacts", master)

    def remove(self, id_):
        self.indexes.clear()
        del self.records["contacts"][id_]
        self.links = {pair for pair in self.links if id_ not in pair}

    def enter(self, kind, fields, id_=None):
        """Somebody there makes a record, or changes it."""
        names = {"tier": "hs_ideal_customer_profile", "revenue": "annualrevenue", "domain": "domain"}
        names |= {"title": "name", "job": "jobtitle", "out": "hs_email_optout", "amount": "amount"}
        names |= {"account": "hs_primary_associated_company", "closed": "hs_is_closed"}
        if kind == "deal":
            names["title"] = "dealname"
        values = {
            names[name]: str(value).lower() if value is True else str(value) for name, value in fields.items()
        }
        type_ = {"account": "companies", "contact": "contacts", "deal": "deals"}[kind]
        if id_ is None:
            owned = {} if kind == "deal" else {"hubspot_owner_id": "31"}
            return self._make(type_, {**owned, **values})
        return self._change(type_, id_, values)

    def join(self, master, loser):
        """Somebody there merges two companies."""
        self.indexes.clear()
        del self.records["companies"][loser]
        self.merged[loser] = master
        self._touch("companies", master)

    def owners(self, request):
        person = {"id": "31", "email": "dana@acme.example", "firstName": "Dana", "lastName": "Cole"}
        return httpx.Response(200, json={"results": [person]})

    def fill(self, count, first=1, ago=0):
        self.indexes.clear()
        at = self._now(self.now() - timedelta(seconds=ago))
        for number in range(first, first + count):
            ours = {"community_id": f"person:{number}", "lastname": "Ines"}
            id_ = str(1_000_000 + number)
            self.records["contacts"][id_] = {**ours, "lastmodifieddate": at, "hs_object_id": id_}

    def end_day(self):
        self.limit = self.used

    def expire(self):
        """The token is not known for one call."""
        self.known = None
        self.tokens += ["", ""]

    # -- Who calls, and how often ---------------------------------------------------------------------------

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

    # -- Properties and objects ------------------------------------------------------------------------------

    def account(self, request):
        said = {"portalId": 4711, "accountType": "STANDARD", "uiDomain": "app.hubspot.com"}
        return httpx.Response(200, json=said)

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

    # -- Records --------------------------------------------------------------------------------------------

    def _find(self, type_, id_, by):
        if not by:
            id_ = self.merged.get(id_, id_)
            return id_ if id_ in self.records[type_] else None
        value = same(id_)
        return next((key for key, each in self.records[type_].items() if same(each.get(by)) == value), None)

    def read(self, request, type_):
        sent = body_of(request)
        by = sent.get("idProperty")
        if by and by not in self.unique[type_]:
            return error(400, "VALIDATION_ERROR", f"{by} is no unique property")
        found = {each["id"]: self._find(type_, each["id"], by) for each in sent["inputs"]}
        there = [self._said(type_, id_, sent["properties"]) for id_ in found.values() if id_]
        lacking = [id_ for id_, each in found.items() if not each]
        errors = (
            [problem("OBJECT_NOT_FOUND", "Could not get some objects", {"ids": lacking})] if lacking else []
        )
        return self._answer(200, there, errors)

    def one(self, request, type_, id_):
        found = self._find(type_, id_, None)
        if not found:
            return self.not_found(request)
        return httpx.Response(200, json=self._said(type_, found, request.url.params["properties"].split(",")))

    def upsert(self, request, type_):
        def write(each):
            found = self._find(type_, each["id"], each["idProperty"])
            if found:
                return self._change(type_, found, each["properties"]), {"new": False}
            return self._make(type_, {each["idProperty"]: each["id"], **each["properties"]}), {"new": True}

        return self._each(request, type_, write)

    def update(self, request, type_):
        def write(each):
            found = self._find(type_, each["id"], each.get("idProperty"))
            if not found:
                raise Refused("OBJECT_NOT_FOUND", "Could not find the object", {"ids": [each["id"]]})
            return self._change(type_, found, each["properties"]), {}

        return self._each(request, type_, write)

    def create(self, request, type_):
        def write(each):
            made = self._make(type_, each["properties"])
            for link in each.get("associations", ()):
                self.links.add((made, link["to"]["id"]))
            return made, {}

        return self._each(request, type_, write, done=201)

    def _each(self, request, type_, write, done=200):
        """Take what can be taken. Without a mark of its own for each row one that is bad spoils the call."""
        inputs = body_of(request)["inputs"]
        if not 1 <= len(inputs) <= 100:
            return error(400, "VALIDATION_ERROR", "The batch size must be between 1 and 100")
        assert len({each.get("objectWriteTraceId") for each in inputs}) == len(inputs)
        results, errors = [], []
        for each in inputs:
            try:
                id_, more = write(each)
                results.append({**self._said(type_, id_, each["properties"]), **more})
            except Refused as refused:
                category, words, context = refused.args
                context = (
                    context
                    if "ids" in context
                    else {**context, "objectWriteTraceId": [each["objectWriteTraceId"]]}
                )
                errors.append(problem(category, words, context))
        return self._answer(done, results, errors)

    def _answer(self, done, results, errors):
        said = {"status": "COMPLETE", "results": results[::-1] if self.shuffled else results}
        said |= {"startedAt": self._now(), "completedAt": self._now()}
        if errors:
            return httpx.Response(207, json={**said, "numErrors": len(errors), "errors": errors})
        return httpx.Response(done, json=said)

    def _said(self, type_, id_, names):
        record = self.records[type_][id_]
        said = {name: record[name] for name in {*names, "hs_object_id"} if record.get(name)}
        at = record[changed_at(type_)]
        return {"id": id_, "properties": said, "createdAt": at, "updatedAt": at, "archived": False}

    def _make(self, type_, values):
        id_ = str(next(self.numbers))
        self._check(type_, id_, values)
        self.records[type_][id_] = {"hs_object_id": id_}
        return self._change(type_, id_, values)

    def _change(self, type_, id_, values):
        self._check(type_, id_, values)
        self.records[type_][id_] |= values
        return self._touch(type_, id_)

    def _touch(self, type_, id_):
        self.indexes.clear()
        self.records[type_][id_][changed_at(type_)] = self._now()
        return id_

    def _check(self, type_, id_, values):
        for name, value in values.items():
            if name not in self.properties[type_]:
                raise Refused("VALIDATION_ERROR", f"Property {name} does not exist", {"propertyName": [name]})
            if (
                self.properties[type_][name] == "number"
                and value
                and not re.fullmatch(r"-?\d+(\.\d+)?", value)
            ):
                raise Refused("VALIDATION_ERROR", f"{value} was not a valid number", {"propertyName": [name]})
            if name == "email" and value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", value):
                raise Refused(
                    "VALIDATION_ERROR", f"Email address {value} is invalid", {"propertyName": [name]}
                )
            if name in self.unique[type_] and value and self._find(type_, value, name) not in (None, id_):
                raise Refused("CONFLICT", f"Another object has {name} {value}", {"propertyName": [name]})

    def archive(self, request, type_):
        self.indexes.clear()
        for each in body_of(request)["inputs"]:
            self.records[type_].pop(each["id"], None)
        return httpx.Response(204)

    def forget(self, request, type_):
        self.indexes.clear()
        id_ = body_of(request)["objectId"]
        if self.records[type_].pop(id_, None) is None:
            return self.not_found(request)
        self.forgotten.append(id_)
        return httpx.Response(204)

    # -- Searches -----------------------------------------------------------------------------

    def search(self, request, type_):
        sent = body_of(request)
        [group], [sort] = sent["filterGroups"], sent["sorts"]
        if sent["limit"] > 200 or int(sent.get("after", 0)) + sent["limit"] > MOST:
            return error(400, "VALIDATION_ERROR", "only the first 10,000 results can be reached")
        page = self._page(type_, [condition(each) for each in group["filters"]], sort, sent["limit"])
        said = {"total": len(page), "results": [self._said(type_, id_, sent["properties"]) for id_ in page]}
        return httpx.Response(200, json=said)

    def _page(self, type_, conditions, sort, size):
        """In the order (time, id), which for one time is that of ids: where the filter on the time begins."""
        records, name = self.records[type_], changed_at(type_)
        if type_ not in self.indexes:
            self.indexes[type_] = sorted((each[name], int(id_)) for id_, each in records.items())
        [since] = [each for each in conditions if isinstance(each, Since)]
        after = max(getattr(each, "number", 0) for each in conditions)
        assert sort in (name, "hs_object_id")
        first = bisect_left(self.indexes[type_], (since.moment, after if since.operator == "EQ" else MANY))
        ids = (str(id_) for _, id_ in islice(self.indexes[type_], first, None))
        return list(islice((id_ for id_ in ids if all(holds(records[id_]) for holds in conditions)), size))

    def _now(self, at=None):
        return (at or self.now()).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def changed_at(type_):
    return "lastmodifieddate" if type_ == "contacts" else "hs_lastmodifieddate"


def same(value):
    return value.casefold() if isinstance(value, str) else value


def problem(category, words, context):
    return {
        "status": "error",
        "category": category,
        "message": words,
        "context": context,
        "errors": [],
        "links": {},
    }


def error(status, category, words):
    return httpx.Response(status, json={"status": "error", "message": words, "category": category})
