"""Shelf, the imagined CRM of docs/crm-vendors.md: kinds of records with fields, votes under contacts, notes."""

import json
from itertools import count

import httpx

from portal.crm_bridge.calling.wire import Wire


class Shelf:
    """`refuses` is a field that it takes from nobody."""

    def __init__(self):
        self.settings = {"url": "https://shelf.example", "token": "shelf_of_the_tests"}
        self.wire = Wire(transport=httpx.MockTransport(self._answer))
        self.fields, self.records, self.notes = {}, {}, {}
        self.numbers, self.versions = count(1), count(1)
        self.refuses, self.calls = "", []

    def somebody(self, **fields):
        """A contact that people there made; returns its id."""
        return self._write("contact", {"id": None, "external_id": None, "fields": fields}, is_ours=False)[
            "id"
        ]

    def _answer(self, request):
        if request.headers.get("authorization") != "Bearer shelf_of_the_tests":
            return httpx.Response(401, json={"error": "Who are you?"})
        path = request.url.path.strip("/").split("/")
        sent = json.loads(request.content) if request.content else None
        self.calls.append((request.method, *path))
        if path[0] == "me":
            return httpx.Response(200, json={"user": "Portal", "writes": True})
        if path[0] == "fields":
            return httpx.Response(200, json=self._fields(path[1], sent))
        if path[0] == "notes":
            return httpx.Response(200, json=[self._note(each) for each in sent])
        acts = {"find": self._find, "delete": self._delete}
        if path[1:] == ["changes"]:
            return httpx.Response(200, json=self._changes(path[0], request.url.params))
        if path[1:]:
            return httpx.Response(200, json=acts[path[1]](path[0], sent))
        return httpx.Response(200, json=[self._write(path[0], each) for each in sent])

    def _fields(self, kind, more):
        self.fields.setdefault(kind, {}).update(more or {})
        return self.fields[kind]

    def _of(self, kind):
        return [each for each in self.records.values() if each["kind"] == kind]

    def _find(self, kind, by):
        return [
            each
            for each in self._of(kind)
            if each["id"] in by.get("ids", ())
            or each["external_id"] in by.get("external_ids", ())
            or each["fields"].get("email") in by.get("emails", ())
        ]

    def _changes(self, kind, asked):
        later = [
            each for each in self._of(kind) if each["version"] > int(asked["after"]) and each["external_id"]
        ]
        return sorted(later, key=lambda each: each["version"])[: int(asked["limit"])]

    def _write(self, kind, sent, is_ours=True):
        if self.refuses in sent["fields"]:
            return {"error": "This field takes no such value", "field": self.refuses}
        made = {"id": f"S{next(self.numbers)}", "kind": kind, "fields": {}, "is_ours": is_ours}
        record = self.records.get(sent["id"]) if sent["id"] else made
        if record is None:
            return {"gone": True}
        record["fields"] |= sent["fields"]
        record |= {
            "external_id": sent["external_id"],
            "parent": sent.get("parent"),
            "version": next(self.versions),
        }
        self.records[record["id"]] = record
        return record

    def _note(self, sent):
        new = sent["ref"] not in self.notes
        self.notes.setdefault(sent["ref"], sent)
        return {"id": sent["ref"], "new": new}

    def _delete(self, _kind, sent):
        for id_ in sent["ids"]:
            self.records = {k: v for k, v in self.records.items() if id_ not in (k, v["parent"])}
            self.notes = {k: v for k, v in self.notes.items() if v["contact"] != id_}
        for id_ in sent["only_our_fields_of"]:
            self.records[id_] |= {"external_id": None, "version": next(self.versions)}
            theirs = {k: v for k, v in self.records[id_]["fields"].items() if k in ("name", "email")}
            self.records[id_]["fields"] = theirs
        return {}
