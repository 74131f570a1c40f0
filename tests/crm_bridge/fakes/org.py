"""An org of Salesforce: objects with fields, records with their rules, the bin, and merges."""

import itertools
import re

import httpx

STANDARD = {
    "Account": {
        **dict.fromkeys(("Name", "Industry", "Type", "Website", "Tier__c"), "string"),
        "AnnualRevenue": "double",
        "Renewal_Date__c": "date",
        "ParentId": "reference",
        "OwnerId": "reference",
    },
    "Contact": {
        "FirstName": "string",
        "LastName": "string",
        "Email": "email",
        "AccountId": "reference",
        "Title": "string",
        "HasOptedOutOfEmail": "boolean",
        "DoNotCall": "boolean",
        "OwnerId": "reference",
    },
    "Opportunity": {
        "OwnerId": "reference",
        "Name": "string",
        "StageName": "picklist",
        "CloseDate": "date",
        "IsClosed": "boolean",
        "Amount": "double",
        "CurrencyIsoCode": "picklist",
        "AccountId": "reference",
    },
    "Lead": {"Email": "email", "ConvertedContactId": "reference"},
    "Task": {
        "WhoId": "reference",
        "Subject": "string",
        "Description": "textarea",
        "ActivityDate": "date",
        "Status": "picklist",
    },
    "User": {"Name": "string", "Username": "string"},
    "PermissionSet": {"Name": "string"},
    "PermissionSetAssignment": {"AssigneeId": "reference", "PermissionSetId": "reference"},
}
SYSTEM = {
    "Id": "id",
    "SystemModstamp": "datetime",
    "IsDeleted": "boolean",
    "CreatedById": "reference",
    "LastModifiedById": "reference",
    "OwnerId": "reference",
}
MERGED = {"MasterRecordId": "reference"}
REQUIRED = {"Account": "Name", "Contact": "LastName"}
PREFIXES = {"Account": "001", "Contact": "003", "Task": "00T"}
LENGTHS = {"FirstName": 40, "LastName": 80, "Subject": 255}
TYPES = {
    "Text": "string",
    "LongTextArea": "textarea",
    "Number": "double",
    "Date": "date",
    "DateTime": "datetime",
    "Checkbox": "boolean",
    "Lookup": "reference",
}


OTHER = "005000000000009AAA"
"""Somebody who works there."""


class Problem(Exception):
    """What is wrong with a row: (code, words, fields)."""


class WrongCall(Exception):
    """What is wrong with a whole call: (status, code, words)."""


class Org:
    """`locked` is asked for each row that is written whether somebody else locks it; `now` is its clock."""

    def __init__(self, now):
        self.now = now
        self.fields = {name: {**SYSTEM, **own} for name, own in STANDARD.items()}
        self.fields["Account"] |= MERGED
        self.fields["Contact"] |= MERGED
        self.unique, self.lengths = {}, dict(LENGTHS)
        self.records = {name: {} for name in STANDARD}
        self.numbers = itertools.count(1)
        self.user = "005000000000001AAA"
        names = {"Id": self.user, "Name": "Community Bridge", "Username": "bridge@acme.example"}
        self.records["User"][self.user] = {**dict.fromkeys(self.fields["User"]), **names, "IsDeleted": False}
        self.locked = lambda record: False
        self.stamp = None

    # -- Objects and fields -----------------------------------------------------------------------------

    def deploy(self, object_, definitions):
        """Make an object, or fields of one, from [(name, type, whether it is a unique external id, length)]."""
        name = "Task" if object_ == "Activity" else object_
        if name not in self.fields:
            self.fields[name], self.records[name] = dict(SYSTEM), {}
        for field, type_, unique, length in definitions:
            self.fields[name][field] = TYPES[type_]
            if unique:
                self.unique.setdefault(name, set()).add(field)
            if length:
                self.lengths.setdefault(field, length)

    def is_visible(self, name):
        """Fields of ours are seen by whom the permission set was given to."""
        theirs = name in ("Tier__c", "Renewal_Date__c")
        return theirs or not name.endswith("__c") or bool(self.records["PermissionSetAssignment"])

    def describe(self, object_):
        fields = self.fields.get(object_, {})
        return {name: type_ for name, type_ in fields.items() if self.is_visible(name)}

    # -- Records ------------------------------------------------------------------------------------------

    def alive(self, object_):
        return (each for each in self.records[object_].values() if not each["IsDeleted"])

    def find(self, object_, name, value):
        return [each for each in self.alive(object_) if each.get(name) == value]

    def upsert(self, object_, key, row):
        """Returns (id, created). Raises Problem."""
        found = self.find(object_, key, row.get(key))
        if len(found) > 1:
            raise Problem("DUPLICATE_EXTERNAL_ID", f"{key}: more than one record found", [key])
        if found:
            return self.update(object_, found[0]["Id"], row), False
        return self.create(object_, row), True

    def create(self, object_, row):
        needs = REQUIRED.get(object_)
        if needs and not row.get(needs):
            raise Problem("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{needs}]", [needs])
        id_ = f"{PREFIXES.get(object_, 'a00')}{next(self.numbers):015d}"
        record = {**dict.fromkeys(self.fields[object_]), "Id": id_, "IsDeleted": False}
        self._write(object_, record, row)
        record["CreatedById"] = self.user
        self.records[object_][id_] = record
        return id_

    def update(self, object_, id_, row):
        if not re.fullmatch(r"[0-9A-Za-z]{18}", id_):
            raise Problem("MALFORMED_ID", f"Id: bad id {id_}", ["Id"])
        record = self.records[object_].get(id_)
        if record is None:
            raise Problem("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        if record["IsDeleted"]:
            raise Problem("ENTITY_IS_DELETED", "entity is deleted", [])
        self._write(object_, record, row)
        return id_

    def _write(self, object_, record, row):
        if self.locked(row):
            raise Problem("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", [])
        values = {name: value for name, value in row.items() if name.casefold() != "id"}
        for name, value in values.items():
            self._check(object_, record, name, value)
        record |= values
        record["SystemModstamp"] = self.stamp or self.now().strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        record["LastModifiedById"] = self.user
        record["OwnerId"] = record.get("OwnerId") or self.user

    def _check(self, object_, record, name, value):
        if isinstance(value, str) and len(value) > self.lengths.get(name, 32_768):
            raise Problem("STRING_TOO_LONG", f"{name}: data value too large", [name])
        if name == "Email" and value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", value):
            raise Problem("INVALID_EMAIL_ADDRESS", f"Email: invalid email address: {value}", [name])
        if name in self.unique.get(object_, ()) and value:
            others = [each for each in self.find(object_, name, value) if each["Id"] != record["Id"]]
            if others:
                raise Problem("DUPLICATE_VALUE", f"duplicate value found: {name}", [name])
        if self.fields[object_][name] == "reference" and value and self._leads_nowhere(value):
            raise Problem("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [name])

    def _leads_nowhere(self, id_):
        return not id_.startswith("005") and not any(
            id_ in of_object and not of_object[id_]["IsDeleted"] for of_object in self.records.values()
        )

    def delete(self, id_):
        for object_, records in self.records.items():
            if id_ in records:
                if records[id_]["IsDeleted"]:
                    raise Problem("ENTITY_IS_DELETED", "entity is deleted", [])
                self.touch(object_, id_, IsDeleted=True)
                return id_
        raise Problem("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])

    def touch(self, object_, id_, **values):
        """What somebody else there does to a record."""
        record = self.records[object_][id_]
        stamp = self.stamp or self.now().strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        record |= {"SystemModstamp": stamp, "LastModifiedById": OTHER, **values}

    def merge(self, master, loser, object_="Contact"):
        """Somebody merges two contacts, or accounts: what hung under one hangs under the other."""
        self.touch(object_, loser, IsDeleted=True, MasterRecordId=master)
        self.touch(object_, master)
        for object_, name in (("IdeaVote__c", "Contact__c"), ("Task", "WhoId")):
            for each in self.records.get(object_, {}).values():
                if each.get(name) == loser:
                    each[name] = master

    # -- The shape of a call ------------------------------------------------------------------------------

    def check_call(self, object_, row):
        """A field that is not there, or a value of the wrong type, is held against the whole call."""
        if object_ not in self.fields:
            raise WrongCall(400, "INVALID_TYPE", f"sObject type '{object_}' is not supported.")
        for name, value in row.items():
            type_ = self.describe(object_).get("Id" if name == "id" else name)
            if type_ is None:
                raise WrongCall(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {object_}")
            if type_ == "double" and not isinstance(value, (int, float, type(None))):
                raise WrongCall(
                    400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of double from {value!r}"
                )


def refused(status, code, words):
    return httpx.Response(status, json=[{"message": words, "errorCode": code}])
