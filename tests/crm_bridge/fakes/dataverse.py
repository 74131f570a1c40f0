"""Dynamics 365 in this process: Entra, batches of change sets, alternate keys, change tracking, merges."""

import json
import re
from email import message_from_bytes
from urllib.parse import unquote
from uuid import UUID

import httpx

from tests.crm_bridge.fakes.server import Fake
from tests.crm_bridge.fakes.tables import Problem, Tables

ROOT = r"/api/data/v9\.2"
URL = "https://acme.crm4.dynamics.com"
LOGIN = "login.microsoftonline.com"
USER = "5f0b0000-0000-0000-0000-000000000001"
SECRET = "hunter2-of-the-application"
DEFINITIONS = rf"{ROOT}/EntityDefinitions\(LogicalName='(\w+)'\)"
CODES = {404: "0x80040217", 412: "0x80040237", 400: "0x80044331"}


class Dataverse(Fake):
    """`may_customise` says whether the application user may change tables."""

    routes = (
        ("GET", rf"{DEFINITIONS}/Attributes", "list_columns"),
        ("POST", rf"{DEFINITIONS}/Attributes", "make_column"),
        ("GET", rf"{DEFINITIONS}/Keys", "list_keys"),
        ("POST", rf"{DEFINITIONS}/Keys", "make_key"),
        ("POST", rf"{ROOT}/EntityDefinitions", "make_table"),
        ("POST", rf"{ROOT}/RelationshipDefinitions", "make_link"),
        ("POST", rf"{ROOT}/\$batch", "batch"),
        ("GET", rf"{ROOT}/WhoAmI", "who"),
        ("GET", rf"{ROOT}/systemusers", "users"),
        ("GET", rf"{ROOT}/(\w+)", "rows"),
    )
    writes = ("POST", r"\$batch")
    undeleted = (
        *("POST", r"\$batch"),
        (
            200,
            "--b\r\n\r\nHTTP/1.1 500 No\r\n\r\n{}\r\n--b--",
            {"content-type": "multipart/mixed; boundary=b"},
        ),
    )
    bad = {"name": "x" * 300}
    named = "new_community_loyalty"
    too_many = {"error": {"code": "0x80072322", "message": "Number of requests exceeded the limit of 6000"}}
    wrong_secret = {"client_secret": "wrong-secret-of-the-app"}

    def __init__(self, contract=None, **settings):
        super().__init__(contract)
        self.settings = {
            "url": URL,
            "tenant": "acme.example",
            "client_id": "app-1",
            "client_secret": SECRET,
            **settings,
        }
        self.tables = Tables(self.now)
        self.tokens, self.valid, self.may_customise, self.day_is_over = [], 0, True, False
        self.pages, self.tracked, self.expired = {}, {}, False

    # -- What people there do ---------------------------------------------------------------------------

    def contacts(self):
        every = self.tables.rows["contact"].values()
        return [{"id": each["contactid"], **each} for each in every if not each["merged"]]

    def accounts(self):
        every = self.tables.rows["account"].values()
        return [{"id": each["accountid"], **each} for each in every if not each["merged"]]

    def somebody(self, name, email):
        first, _, last = name.partition(" ")
        row = {"firstname": first, "lastname": last, "emailaddress1": email}
        return self.tables.create("contact", row, by="somebody")["contactid"]

    def name_of(self, id_):
        row = self.tables.rows["contact"][id_]
        return f"{row['firstname']} {row['lastname']}"

    def merge(self, master, loser):
        """The one that goes is made inactive and keeps what it says; what hung under it follows."""
        self.tables.change(
            "contact", loser, {"merged": True, "_masterid_value": master, "statecode": 1}, "somebody"
        )
        self.tables.change("contact", master, {}, "somebody")
        for row in self.tables.rows.get("new_communityvote", {}).values():
            if row["_new_contactid_value"] == loser:
                row["_new_contactid_value"] = master

    def remove(self, id_):
        self.tables.delete("contact", id_)

    def enter(self, kind, fields, id_=None):
        """Somebody there makes a row, or changes it."""
        if not self.tables.rows["transactioncurrency"]:
            self.tables.put("transactioncurrency", {"isocurrencycode": "EUR"}, "eur")
        names = {"tier": "accountcategorycode", "revenue": "revenue", "domain": "websiteurl", "title": "name"}
        names |= {"job": "jobtitle", "out": "donotbulkemail", "account": "_parentaccountid_value"}
        names |= {"amount": "estimatedvalue", "closed": "statecode"}
        values = {names[name]: 1 if name in ("tier", "closed") else value for name, value in fields.items()}
        table = {"account": "account", "contact": "contact", "deal": "opportunity"}[kind]
        if id_ is not None:
            self.tables.version += 1
            self.tables.rows[table][id_] |= {**values, "version": self.tables.version}
            return id_
        self.tables.put(
            table, {"_ownerid_value": "31", "_transactioncurrencyid_value": "eur", **values}, None, "somebody"
        )
        return str(UUID(int=self.tables.version))

    def join(self, master, loser):
        """Somebody there merges two accounts."""
        gone = {"merged": True, "_masterid_value": master, "statecode": 1}
        self.tables.change("account", loser, gone, "somebody")
        self.tables.change("account", master, {}, "somebody")

    def fill(self, count, first=1, ago=0):
        for number in range(first, first + count):
            self.tables.put("contact", {"lastname": "Ines", "new_community_id": f"person:{number}"})

    def end_day(self):
        self.day_is_over = True

    def expire(self):
        self.valid = len(self.tokens) + 1
        self.tokens.append("ended")

    def who(self, request):
        return httpx.Response(200, json={"UserId": USER, "BusinessUnitId": USER, "OrganizationId": USER})

    def users(self, request):
        assert request.url.params["$filter"] == f"systemuserid eq {USER}"
        return httpx.Response(200, json={"value": [{"systemuserid": USER, "fullname": "# Community"}]})

    # -- Entra --------------------------------------------------------------------------------------------------

    def refusal(self, request):
        if request.url.host == LOGIN:
            return self._entra(request)
        if request.headers.get("authorization") not in [
            f"Bearer {each}" for each in self.tokens[self.valid :]
        ]:
            return httpx.Response(401)
        if self.day_is_over:
            return httpx.Response(429, json=self.too_many, headers={"retry-after": "290"})
        assert request.headers["odata-version"] == "4.0"
        return None

    def _entra(self, request):
        root = f"https://{LOGIN}/acme.example"
        if request.url.path.endswith("openid-configuration"):
            said = {"token_endpoint": f"{root}/oauth2/v2.0/token", "issuer": f"{root}/v2.0"}
            return httpx.Response(
                200, json={**said, "authorization_endpoint": f"{root}/oauth2/v2.0/authorize"}
            )
        form = dict(httpx.QueryParams(request.content.decode()))
        assert (form["grant_type"], form["scope"]) == ("client_credentials", f"{URL}/.default")
        if form["client_secret"] != SECRET:
            said = {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret provided.",
            }
            return httpx.Response(401, json=said)
        self.tokens.append(f"eyJ0-token-{len(self.tokens)}")
        said = {"access_token": self.tokens[-1], "expires_in": 3599, "token_type": "Bearer"}
        return httpx.Response(200, json=said)

    def not_found(self, request):
        return failed(404, "Resource not found for the segment")

    # -- Definitions ---------------------------------------------------------------------------------------------

    def list_columns(self, request, table):
        if table not in self.tables.columns:
            return self.not_found(request)
        every = [
            {"LogicalName": name, "AttributeType": each} for name, each in self.tables.columns[table].items()
        ]
        return httpx.Response(200, json={"value": every})

    def make_column(self, request, table):
        sent = json.loads(request.content)
        if not self.may_customise:
            return failed(403, "Principal user is missing prvCreateAttribute privilege")
        type_ = sent["@odata.type"].rpartition(".")[2].removesuffix("AttributeMetadata")
        self.tables.define(table, sent["SchemaName"].lower(), type_, sent.get("MaxLength"))
        return httpx.Response(204)

    def list_keys(self, request, table):
        """An index is built by the second time that somebody looks."""
        if table not in self.tables.columns:
            return self.not_found(request)
        keys = self.tables.keys.get(table, [])
        said = [{"KeyAttributes": each["columns"], "EntityKeyIndexStatus": each["status"]} for each in keys]
        for each in keys:
            each["status"] = "Active"
        return httpx.Response(200, json={"value": said})

    def make_key(self, request, table):
        sent = json.loads(request.content)
        self.tables.keys.setdefault(table, []).append({"columns": sent["KeyAttributes"], "status": "Pending"})
        return httpx.Response(204)

    def make_table(self, request):
        sent = json.loads(request.content)
        assert sent["ChangeTrackingEnabled"] is True
        self.tables.add(sent["SchemaName"], [each["SchemaName"] for each in sent["Attributes"]])
        return httpx.Response(204)

    def make_link(self, request):
        sent = json.loads(request.content)
        assert sent["CascadeConfiguration"]["Delete"] == "Cascade"
        self.tables.columns[sent["ReferencingEntity"]] |= {
            sent["Lookup"]["SchemaName"]: "Lookup",
            f"_{sent['Lookup']['SchemaName']}_value": "Lookup",
        }
        return httpx.Response(204)

    # -- Rows ------------------------------------------------------------------------------------------------------

    def rows(self, request, name):
        params, prefer = request.url.params, request.headers.get("prefer", "")
        if token := params.get("$deltatoken") or params.get("$skiptoken"):
            if token not in self.tracked or self.expired:
                return failed(410, "The delta token has expired")
            return self._changes(name, *self.tracked[token])
        select = params["$select"].split(",")
        if "track-changes" in prefer:
            assert "$filter" not in params
            return self._changes(
                name, select, int(prefer.partition("maxpagesize=")[2].partition(",")[0]), 0, False
            )
        table = self.tables.of_rows(name)
        for column in select:
            self.tables.check(table, column)
        keep = self.tables.condition(params["$filter"]) if "$filter" in params else (lambda row: True)
        found = [self._said(table, row, select) for row in self.tables.rows[table].values() if keep(row)]
        return httpx.Response(200, json={"value": found})

    def _changes(self, name, select, size, version, told_deletions):
        table = self.tables.of_rows(name)
        changed = self.tables.changed(table, version, size + 1)
        page = changed[:size]
        rows = [
            {
                "id": each["gone"],
                "reason": "deleted",
                "@odata.context": f"{URL}/$metadata#{name}/$deletedEntity",
            }
            if "gone" in each
            else self._said(table, each, select)
            for each in page
            if "gone" not in each or version
        ]
        end = page[-1]["version"] if page else max(version, self.tables.version)
        token = f"{table}!{len(self.tracked)}"
        self.tracked[token] = (select, size, end, True)
        more = len(changed) > size
        kind = "$skiptoken" if more else "$deltatoken"
        link = f"{URL}/api/data/v9.2/{name}?{kind}={token}"
        return httpx.Response(
            200, json={"value": rows, "@odata.nextLink" if more else "@odata.deltaLink": link}
        )

    def _said(self, table, row, select):
        said = {"@odata.etag": f'W/"{row["version"]}"', **{name: row.get(name) for name in select}}
        shown = {
            f"{name}@OData.Community.Display.V1.FormattedValue": word
            for name, word in {"accountcategorycode": "Gold", "_ownerid_value": "Dana Cole"}.items()
            if said.get(name) is not None
        }
        return said | shown

    def batch(self, request):
        assert request.headers["prefer"] == "odata.continue-on-error"
        kind = request.headers["content-type"]
        whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.content)
        sets = whole.get_payload()
        assert 1 <= len(sets) <= 1_000
        answers = [self._change_set(each.get_payload()) for each in sets]
        text = "".join(f"--batchresponse_1\r\n{each}" for each in answers) + "--batchresponse_1--\r\n"
        headers = {"content-type": "multipart/mixed; boundary=batchresponse_1"}
        return httpx.Response(200, content=text, headers=headers)

    def _change_set(self, operations):
        [operation] = operations
        assert operation["Content-ID"]
        status, data = self._operation(operation.get_payload())
        body = json.dumps(data) if data is not None else ""
        head = f"HTTP/1.1 {status} Done\r\nContent-Type: application/json; odata.metadata=minimal\r\nOData-Version: 4.0"
        answer = f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{head}\r\n\r\n{body}\r\n"
        if status >= 400:
            return answer
        inner = "changesetresponse_1"
        return (
            f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n"
            f"--{inner}\r\n{answer.replace('binary', f'binary{chr(13)}{chr(10)}Content-ID: 1', 1)}--{inner}--\r\n"
        )

    def _operation(self, text):
        head, _, body = text.replace("\r\n", "\n").partition("\n\n")
        first, *lines = head.split("\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
        name, key, query = re.fullmatch(r"/api/data/v9\.2/(\w+)\((.+?)\)(?:\?\$select=(.+))?", path).groups()
        table = self.tables.of_rows(name)
        try:
            sent = json.loads(body) if body.strip() else {}
            return self._write(method, table, unquote(key), sent, headers, query)
        except Problem as problem:
            status, words = problem.args
            return status, {"error": {"code": CODES[status], "message": words}}

    def _write(self, method, table, key, sent, headers, select):
        row = self.tables.find(table, key)
        wanted = headers.get("if-match")
        if wanted and row is None:
            raise Problem(404, f"{table} With Id = {key} Does Not Exist")
        if wanted not in (None, "*") and wanted != f'W/"{row["version"]}"':
            raise Problem(
                412, "The version of the existing record doesn't match the RowVersion property provided."
            )
        if headers.get("if-none-match") == "*" and row is not None:
            raise Problem(412, "A record with matching key values already exists.")
        if method == "DELETE":
            if row is None:
                raise Problem(404, f"{table} With Id = {key} Does Not Exist")
            self.tables.delete(table, row[f"{table}id"])
            return 204, None
        status = 200 if row else 201
        row = (
            self.tables.change(table, row[f"{table}id"], sent)
            if row
            else self.tables.create(table, sent, key)
        )
        return (status, self._said(table, row, select.split(","))) if select else (204, None)


def failed(status, words):
    return httpx.Response(status, json={"error": {"code": "0x80060888", "message": words}})
