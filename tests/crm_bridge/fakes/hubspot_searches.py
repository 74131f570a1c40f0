"""Searches of HubSpot, which end after 10,000 results, and their filters, each as a function of a record."""

import re
from bisect import bisect_left
from datetime import UTC, datetime
from itertools import islice

import httpx

from tests.crm_bridge.fakes.hubspot_records import changed_at, error
from tests.crm_bridge.fakes.server import body_of

MANY = 10**12
MOST = 10_000
"""So many results of one search can be reached."""


class Since:
    """A filter on the time of the last change."""

    def __init__(self, name, operator, moment):
        self.name, self.operator, self.moment = name, operator, moment

    def __call__(self, record):
        at = record[self.name]
        return at == self.moment if self.operator == "EQ" else at > self.moment


class After:
    """A filter on the id."""

    def __init__(self, number):
        self.number = number

    def __call__(self, record):
        return int(record["hs_object_id"]) > self.number


def condition(filter_):
    """A filter as a function of a record."""
    name, operator, wanted = filter_["propertyName"], filter_["operator"], filter_.get("value")
    if operator == "HAS_PROPERTY":
        return lambda record: bool(record.get(name))
    if operator == "CONTAINS_TOKEN":
        return lambda record: wanted in re.split(r"\W+", record.get(name) or "")
    if name == "hs_object_id":
        return After(int(wanted))
    moment = datetime.fromtimestamp(int(wanted) / 1_000, UTC)
    return Since(name, operator, moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"))


class Searches:
    """A part of the fake, which has `records` and keeps `indexes` of them."""

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
