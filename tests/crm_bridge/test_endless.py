"""Lists that never end, merges that go round and round, and ids that are paths: whatever a CRM says of itself, a call ends."""

import itertools

import httpx
import pytest

from portal.crm_bridge.calling import following
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.dataverse.finding import Finder
from portal.crm_bridge.dataverse.records import MASTER, MERGED, Names
from portal.crm_bridge.gateway import CrmError, connect
from tests.crm_bridge.fakes import FAKES

ALWAYS = itertools.count()


def more(request):
    """There is always another page, at a place that was not there before."""
    number, path = next(ALWAYS), request.url.path
    if "oauth2" in path:
        return httpx.Response(200, json={"access_token": "t", "id": "u"})
    if path.endswith(("contacts/", "accounts/")):
        page = {
            "count": 10**12,
            "results": [{"id": str(number), "created_at": "2026-01-01"}],
            "page_number": 1,
        }
        lists = {"open_accounts": [], "open_accounts_count": 10**12}
        return httpx.Response(
            200,
            json=page
            | {
                "active_accounts": lists,
                "closed_accounts": {"close_accounts": [], "close_accounts_count": 0},
            },
        )
    if "interactions" in path:
        return httpx.Response(200, json={"count": 10**12, "interactions": [{"id": str(number)}]})
    if "owners" in path:
        return httpx.Response(200, json={"results": [], "paging": {"next": {"after": str(number)}}})
    if "query" in path:
        return httpx.Response(
            200, json={"records": [], "nextRecordsUrl": f"/services/data/v67.0/query/{number}"}
        )
    return httpx.Response(
        200, json={"value": [], "@odata.nextLink": f"/api/data/v9.2/contacts?page={number}"}
    )


LISTS = {
    "bottlecrm": [
        lambda crm: list(crm.finder.all("contact")),
        lambda crm: list(crm.finder.all("account")),
        lambda crm: crm.finder.every_interaction("7"),
    ],
    "hubspot": [lambda crm: crm.puller._read_owners()],
    "salesforce": [lambda crm: crm.org.query(["Id"], "Contact", "Id != null")],
    "dataverse": [lambda crm: crm.org.rows("contacts", {})],
}


@pytest.mark.parametrize(("vendor", "ask"), [(vendor, ask) for vendor, asks in LISTS.items() for ask in asks])
def test_a_list_without_an_end_ends(vendor, ask, monkeypatch):
    monkeypatch.setattr(following, "MOST_PAGES", 30)
    if vendor == "dataverse":
        monkeypatch.setattr(
            "portal.crm_bridge.dataverse.asking.sign_in", lambda *_: {"authorization": "Bearer t"}
        )
    settings = {"url": "https://crm.example", "token": "pat-of-ours"}
    settings |= FAKES[vendor]().settings if vendor in FAKES else {}
    calls = []
    wire = Wire(transport=httpx.MockTransport(more), spend=lambda: calls.append(1), sleep=lambda _: None)
    crm = connect(vendor, settings, wire)
    with pytest.raises(CrmError, match="no end"):
        ask(crm)
    assert len(calls) < 100
    crm.close()


@pytest.mark.parametrize("master", [{"a": "b", "b": "a"}, {"a": "a"}, {"a": "b", "b": "c", "c": "b"}])
def test_merges_that_go_round_and_round_lead_to_nobody(master):
    """A -> B -> A: neither stayed."""
    names = Names("new")
    finder, asked = Finder(None, None, names), []

    def where(kind, columns, name, values):
        asked.append(values)
        assert len(asked) < 20, "it never ends"
        return [{"contactid": each, MERGED: True, MASTER: master[each]} for each in values]

    finder.where, finder._of_merges = where, lambda _: (MERGED, MASTER)
    row = {"contactid": "a", MERGED: True, MASTER: master["a"]}
    assert finder._stayed("contact", {"person:7": row}) == {}


@pytest.mark.parametrize("id_", ["..", "../../profile", "a/../../users", "%2e%2e", "7?x=1", "7#", "."])
def test_an_id_is_no_path(id_):
    """Whoever signs a message says which records are read; with our token, those and nothing else."""
    asked = []

    def answer(request):
        asked.append(request.url.raw_path.decode())
        return httpx.Response(404, json={})

    crm = connect(
        "bottlecrm",
        {"url": "https://crm.example", "token": "ours"},
        Wire(transport=httpx.MockTransport(answer)),
    )
    assert crm.look("account", {"tier": "x"}, [id_]) == [None]
    assert all(
        each.startswith("/api/accounts/") and each.count("/") == 4 and "?" not in each for each in asked
    )
    crm.close()
