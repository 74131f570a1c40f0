"""The filters of a search of HubSpot, each as a function of a record."""

import re
from datetime import UTC, datetime


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
