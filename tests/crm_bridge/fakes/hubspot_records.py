"""Records of HubSpot: batches that are taken in part, and what is wrong with a row."""

import re

import httpx

from tests.crm_bridge.fakes.server import body_of


class Refused(Exception):
    """What is wrong with a row: (category, words, context)."""


class Records:
    """A part of the fake, which has `records`, by kind and id. `shuffled` says whether results stand in any order."""

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
        if request.url.params.get("archived") == "true":
            return (
                httpx.Response(200, json={"id": id_, "archived": True})
                if id_ in self.bin
                else self.not_found(request)
            )
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
            self._check_links(type_, each["associations"])
            made = self._make(type_, each["properties"])
            self.links |= {(made, link["to"]["id"]) for link in each["associations"]}
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
            if name == "hubspot_owner_id" and value and value not in self.staff:
                raise Refused("VALIDATION_ERROR", f"{value} is no active owner", {"propertyName": [name]})
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
            self.bin.add(each["id"])
        return httpx.Response(204)

    def forget(self, request, type_):
        self.indexes.clear()
        id_ = body_of(request)["objectId"]
        if self.records[type_].pop(id_, None) is None:
            return self.not_found(request)
        self.forgotten.append(id_)
        return httpx.Response(204)

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
