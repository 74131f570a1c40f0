"""Salesforce in this process: signing in, REST, collections, queries, jobs of the Bulk API, deployments."""

import csv
import io
import json
import re
import zipfile
from base64 import urlsafe_b64decode
from datetime import timedelta
from operator import itemgetter
from xml.etree import ElementTree

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.crm_bridge.fakes import soql
from tests.crm_bridge.fakes.org import OTHER, Org, Problem, WrongCall, refused
from tests.crm_bridge.fakes.server import Fake, body_of

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
DATA = r"/services/data/v67\.0"
PAGE = 2_000
JWT = {"client_id": "app-1", "user": "bridge@acme.example", "private_key": PEM}
SECRET = {"client_id": "app-1", "client_secret": "hunter2-of-the-app"}


class Salesforce(Fake):
    """`limit` is how many calls a day it grants; `may_deploy` whether our user may change the org."""

    routes = (
        ("POST", "/services/oauth2/token", "token"),
        ("GET", rf"{DATA}/(query|queryAll)", "query"),
        ("GET", rf"{DATA}/query/(\d+)-(\d+)", "more"),
        ("GET", rf"{DATA}/sobjects/(\w+)/describe", "describe"),
        ("POST", rf"{DATA}/sobjects/(\w+)", "create"),
        ("PATCH", rf"{DATA}/composite/sobjects/(\w+)/(\w+)", "upsert"),
        ("PATCH", rf"{DATA}/composite/sobjects", "update"),
        ("DELETE", rf"{DATA}/composite/sobjects", "delete"),
        ("POST", rf"{DATA}/metadata/deployRequest", "deploy"),
        ("GET", rf"{DATA}/metadata/deployRequest/(\w+)", "deployed"),
        ("POST", rf"{DATA}/jobs/ingest", "begin_job"),
        ("PUT", rf"{DATA}/jobs/ingest/(\w+)/batches", "fill_job"),
        ("PATCH", rf"{DATA}/jobs/ingest/(\w+)", "close_job"),
        ("GET", rf"{DATA}/jobs/ingest/(\w+)", "job"),
        ("GET", rf"{DATA}/jobs/ingest/(\w+)/(\w+)", "job_rows"),
    )

    writes = ("PATCH", "composite/sobjects/Contact")
    undeleted = (
        *("DELETE", "composite/sobjects"),
        (200, [{"success": False, "errors": [{"statusCode": "DELETE_FAILED", "message": "No"}]}]),
    )
    bad = {"email": "no address"}
    named = "Community_Loyalty__c"
    too_many = [{"message": "Slow down", "errorCode": "SERVER_UNAVAILABLE"}]
    wrong_secret = {"client_secret": "wrong-secret-of-the-app"}

    def __init__(self, contract=None, **settings):
        super().__init__(contract)
        self.org = Org(self.now)
        self.settings = {"url": "https://acme.my.salesforce.com", **(settings or SECRET)}
        self.tokens, self.used, self.limit, self.may_deploy = [], 0, 100_000, True
        self.may_write = True
        self.jobs, self.results, self.refuses = {}, [], lambda row: None
        self.left_out = lambda number: False
        self.signed = KEY.public_key()

    # -- What people there do ---------------------------------------------------------------------------------

    def contacts(self):
        return [{"id": each["Id"], **each} for each in self.org.alive("Contact")]

    def accounts(self):
        return [{"id": each["Id"], **each} for each in self.org.alive("Account")]

    def convert(self, email, contact=None):
        """Somebody there converts a lead with this address, into a contact that is there or a new one."""
        contact = contact or self.somebody("Theirs Alone", "elsewhere@acme.example")
        lead = self.org.create("Lead", {"Email": email, "ConvertedContactId": contact})
        self.org.touch("Contact", contact)
        return lead, contact

    def somebody(self, name, email):
        first, _, last = name.partition(" ")
        id_ = self.org.create("Contact", {"FirstName": first, "LastName": last, "Email": email})
        self.org.touch("Contact", id_, CreatedById=OTHER)
        return id_

    def name_of(self, id_):
        record = self.org.records["Contact"][id_]
        return f"{record['FirstName']} {record['LastName']}"

    def merge(self, master, loser):
        self.org.merge(master, loser)

    def remove(self, id_):
        self.org.touch("Contact", id_, IsDeleted=True)

    def enter(self, kind, fields, id_=None):
        """Somebody there makes a record, or changes it."""
        names = {"tier": "Tier__c", "revenue": "AnnualRevenue", "domain": "Website", "title": "Name"}
        names |= {"job": "Title", "out": "HasOptedOutOfEmail", "account": "AccountId", "amount": "Amount"}
        names |= {"closed": "IsClosed"}
        object_ = {"account": "Account", "contact": "Contact", "deal": "Opportunity"}[kind]
        values = {names[name]: value for name, value in fields.items()}
        if id_ is None:
            return self.org.create(object_, {"Name": "Theirs", "OwnerId": OTHER, **values})
        self.org.touch(object_, id_, **values)
        return id_

    def join(self, master, loser):
        """Somebody there merges two accounts."""
        self.org.merge(master, loser, "Account")

    def fill(self, count, first=1, ago=0):
        """Contacts of ours that changed at one time."""
        at = self.now() - timedelta(seconds=ago)
        self.org.stamp = at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        for number in range(first, first + count):
            row = {"LastName": "Ines", "Community_User_Id__c": f"person:{number}"}
            id_ = f"003{number:015d}"
            self.org.records["Contact"][id_] = {
                **dict.fromkeys(self.org.fields["Contact"]),
                **row,
                "Id": id_,
                "IsDeleted": False,
                "SystemModstamp": self.org.stamp,
            }
        self.org.stamp = None

    def end_day(self):
        self.limit = self.used

    # -- Who calls, and how often ---------------------------------------------------------------------------

    def token(self, request):
        form = dict(httpx.QueryParams(request.content.decode()))
        if form.get("grant_type") == "client_credentials":
            known = form["client_secret"] == SECRET["client_secret"]
        else:
            known = self._is_signed(form["assertion"])
        if not known:
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": "who are you?"})
        self.tokens.append(f"00D-session-{len(self.tokens)}")
        said = {"access_token": self.tokens[-1], "id": f"https://login.salesforce.com/id/00D/{self.org.user}"}
        return httpx.Response(
            200, json={**said, "instance_url": self.settings["url"], "token_type": "Bearer"}
        )

    def _is_signed(self, assertion):
        head, claims, signature = assertion.split(".")
        self.signed.verify(padded(signature), f"{head}.{claims}".encode(), PKCS1v15(), SHA256())
        said = json.loads(padded(claims))
        now = self.now().timestamp()
        assert json.loads(padded(head))["alg"] == "RS256"
        assert said["aud"] == "https://login.salesforce.com"
        return (said["iss"], said["sub"]) == ("app-1", JWT["user"]) and now < said["exp"] <= now + 180

    def expire(self):
        """All tokens end now."""
        self.tokens.append("nobody's")

    def refusal(self, request):
        if request.url.path.endswith("/token"):
            return None
        if request.headers.get("authorization") != f"Bearer {(self.tokens or [''])[-1]}":
            return refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
        self.used += 1
        if self.used > self.limit:
            return refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        return None

    def route(self, request):
        try:
            response = super().route(request)
        except WrongCall as wrong:
            response = refused(*wrong.args)
        response.headers["sforce-limit-info"] = f"api-usage={self.used}/{self.limit}"
        return response

    def not_found(self, request):
        return refused(404, "NOT_FOUND", "The requested resource does not exist")

    # -- REST -----------------------------------------------------------------------------------------------

    def describe(self, request, object_):
        fields = self.org.describe(object_)
        if not fields:
            return self.not_found(request)
        return httpx.Response(
            200,
            json={
                "createable": self.may_write,
                "updateable": self.may_write,
                "fields": [{"name": name, "type": each} for name, each in fields.items()],
            },
        )

    def query(self, request, which):
        fields, object_, condition, order, limit = soql.parse(request.url.params["q"])
        self.org.check_call(object_, dict.fromkeys(each for each in fields if each != "Owner.Name"))
        found = [
            each
            for each in self.org.records[object_].values()
            if (which == "queryAll" or not each["IsDeleted"]) and condition(each)
        ]
        found.sort(key=itemgetter(*order))
        rows = [said(each, object_, fields) for each in (found[:limit] if limit else found)]
        self.results.append(rows)
        return self._page(len(self.results) - 1, 0)

    def more(self, request, number, start):
        return self._page(int(number), int(start))

    def _page(self, number, start):
        rows, end = self.results[number], start + PAGE
        said = {"totalSize": len(rows), "done": end >= len(rows), "records": rows[start:end]}
        if end < len(rows):
            said["nextRecordsUrl"] = f"/services/data/v67.0/query/{number}-{end}"
        return httpx.Response(200, json=said)

    def create(self, request, object_):
        return httpx.Response(201, json={"id": self.org.create(object_, body_of(request)), "success": True})

    def upsert(self, request, object_, key):
        return self._collection(request, object_, lambda row: self.org.upsert(object_, key, row))

    def update(self, request):
        rows = body_of(request)["records"]
        object_ = rows[0]["attributes"]["type"] if rows else ""
        return self._collection(
            request, object_, lambda row: (self.org.update(object_, row["id"], row), False)
        )

    def _collection(self, request, object_, write):
        sent = body_of(request)
        if not sent["records"] or len(sent["records"]) > 200:
            raise WrongCall(400, "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS", "between 1 and 200 records")
        assert sent["allOrNone"] is False
        rows = [
            {name: value for name, value in row.items() if name != "attributes"} for row in sent["records"]
        ]
        for row in rows:
            self.org.check_call(object_, row)
        allowed = request.headers.get("sforce-duplicate-rule-header") == "allowSave=true"
        return httpx.Response(200, json=[self._said(write, row, allowed) for row in rows])

    def _said(self, write, row, allowed=True):
        try:
            if (rule := self.refuses(row)) and not allowed:
                raise Problem("DUPLICATES_DETECTED", rule, [])
            id_, created = write(row)
        except Problem as problem:
            code, words, fields = problem.args
            return {"success": False, "errors": [{"statusCode": code, "message": words, "fields": fields}]}
        return {"id": id_, "success": True, "errors": [], "created": created}

    def delete(self, request):
        ids = request.url.params["ids"].split(",")
        assert len(ids) <= 200
        said = [self._said(lambda each: (self.org.delete(each["id"]), False), {"id": each}) for each in ids]
        return httpx.Response(200, json=said)

    # -- Deployments -----------------------------------------------------------------------------------------

    def deploy(self, request):
        if not self.may_deploy:
            return refused(403, "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id")
        boundary = request.headers["content-type"].partition("boundary=")[2].encode()
        options, file = request.content.split(b"--" + boundary)[1:3]
        assert json.loads(options.partition(b"\r\n\r\n")[2])["deployOptions"]["singlePackage"] is True
        with zipfile.ZipFile(io.BytesIO(file.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n"))) as archive:
            self._take(archive)
        return httpx.Response(201, json={"id": "0Af000000000001"})

    def _take(self, archive):
        manifest = plain_xml(archive.read("package.xml"))
        assert manifest.findtext("version") == "67.0"
        fields = [each.text for each in manifest.iter("members")]
        for name in archive.namelist():
            if found := re.fullmatch(r"objects/(\w+)\.object", name):
                every = plain_xml(archive.read(name)).findall("fields")
                assert all(f"{found[1]}.{each.findtext('fullName')}" in fields for each in every)
                self.org.deploy(found[1], [definition(each) for each in every])
            elif found := re.fullmatch(r"permissionsets/(\w+)\.permissionset", name):
                self.org.upsert("PermissionSet", "Name", {"Name": found[1]})

    def deployed(self, request, _):
        return httpx.Response(
            200, json={"deployResult": {"done": True, "success": True, "status": "Succeeded"}}
        )

    # -- Jobs --------------------------------------------------------------------------------------------------

    def begin_job(self, request):
        id_ = f"750{len(self.jobs):012d}"
        self.jobs[id_] = {**body_of(request), "state": "Open", "looks": 0}
        return httpx.Response(200, json={"id": id_, "state": "Open"})

    def fill_job(self, request, id_):
        text = request.content.decode()
        self.jobs[id_] |= {"rows": list(csv.DictReader(io.StringIO(text)))}
        return httpx.Response(201)

    def close_job(self, request, id_):
        assert body_of(request) == {"state": "UploadComplete"}
        self.jobs[id_]["state"] = "InProgress"
        return httpx.Response(200, json={"id": id_, "state": "UploadComplete"})

    def job(self, request, id_):
        job = self.jobs[id_]
        job["looks"] += 1
        if job["looks"] == 2:
            self._work(job)
        return httpx.Response(200, json={"id": id_, "state": job["state"]})

    def _work(self, job):
        key, object_ = job["externalIdFieldName"], job["object"]
        job |= {
            "state": "JobComplete",
            "successfulResults": [],
            "failedResults": [],
            "unprocessedrecords": [],
        }
        for number, row in enumerate(job["rows"]):
            if self.left_out(number):
                job["unprocessedrecords"].append(row)
                continue
            values = {name: self._cell(object_, name, value) for name, value in row.items() if value}
            said = self._said(lambda each: self.org.upsert(object_, key, each), values)
            if said["success"]:
                done = {"sf__Id": said["id"], "sf__Created": str(said["created"]).lower(), **row}
                job["successfulResults"].append(done)
            else:
                [error] = said["errors"]
                words = f"{error['statusCode']}:{error['message']}:{','.join(error['fields'])}--"
                job["failedResults"].append({"sf__Id": "", "sf__Error": words, **row})

    def _cell(self, object_, name, text):
        if text == "#N/A":
            return None
        type_ = self.org.fields[object_][name]
        return {"double": float, "boolean": "true".__eq__}.get(type_, str)(text)

    def job_rows(self, request, id_, which):
        rows, text = self.jobs[id_][which], io.StringIO()
        if rows:
            writer = csv.DictWriter(text, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        return httpx.Response(200, content=text.getvalue(), headers={"content-type": "text/csv"})


def padded(part):
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def said(record, object_, fields):
    """Fields of a record as a query says them; a look-up is a record of its own."""
    row = {"attributes": {"type": object_}}
    for name in fields:
        if name == "Owner.Name":
            owner = record["OwnerId"] and "Dana Cole"
            row["Owner"] = {"attributes": {"type": "User"}, "Name": owner}
        else:
            value = record.get(name)
            row[name] = float(value) if type(value) is int else value
    return row


def plain_xml(content):
    return ElementTree.fromstring(re.sub(rb' xmlns="[^"]+"', b"", content))


def definition(field):
    unique = field.findtext("unique") == "true"
    length = field.findtext("length")
    return field.findtext("fullName"), field.findtext("type"), unique, int(length) if length else 0
