"""What only HubSpot does."""

import json

import pytest
import yaml

from portal.crm_bridge.gateway import Activity, CrmError, Key, Ref, Row, Status, connect
from portal.crm_bridge.hubspot.asking import PAUSE
from portal.crm_bridge.mapping import KINDS
from tests.crm_bridge.fakes.contract import Contract, ours
from tests.crm_bridge.fakes.hubspot import HubSpot
from tests.crm_bridge.fakes.server import body_of
from tests.crm_bridge.test_saas import all_there, contacts


def made(fake):
    crm = connect("hubspot", fake.settings, fake.wire)
    crm.ensure_schema(KINDS)
    fake.requests.clear()
    return crm


@pytest.fixture(params=["notes", "objects"])
def fake(request):
    return HubSpot(ours("hubspot"), votes=request.param)


@pytest.fixture
def crm(fake):
    return made(fake)


def votes(crm, count, first=1):
    [person] = crm.upsert_many("contact", contacts(1))
    fields = {"idea": "idea:1", "idea_title": 'Dark <mode> & "more": yes\n', "value": 1, "withdrawn_at": None}
    parent = Ref("person:1", person.remote_id)
    return [Row(Ref(f"vote:{n}:1"), fields, 1, parent) for n in range(first, first + count)]


def test_a_hundred_rows_a_call_and_all_values_are_texts(fake, crm):
    rows = contacts(250, account=None)
    assert {each.status for each in crm.upsert_many("contact", rows)} == {Status.CREATED}
    calls = [body_of(each)["inputs"] for each in fake.sent(*fake.writes)]
    assert [len(each) for each in calls] == [100, 100, 50]
    sent = calls[0][0]["properties"]
    assert (sent["community_points"], sent["community_account"]) == ("1", "")
    all_there(fake, crm, rows)


def test_an_error_without_a_row_is_held_against_those_without_a_result(fake, crm):
    rows = contacts(3)
    body = {
        "status": "COMPLETE",
        "results": [],
        "errors": [{"category": "VALIDATION_ERROR", "message": "Odd"}],
    }
    fake.fail(*fake.writes, (207, body))
    outcomes = crm.upsert_many("contact", rows)
    assert {(each.status, each.message) for each in outcomes} == {(Status.FAILED, "VALIDATION_ERROR: Odd")}
    fake.fail(*fake.writes, (200, {"status": "COMPLETE", "results": []}))
    outcomes = crm.upsert_many("contact", rows)
    assert {(each.status, each.permanent) for each in outcomes} == {(Status.FAILED, False)}


def test_votes_hang_under_their_contact_in_either_form(fake, crm):
    rows = votes(crm, 8)
    outcomes = crm.upsert_many("vote", rows)
    assert {each.status for each in outcomes} == {Status.CREATED}
    held = crm.read_many("vote", [row.ref for row in rows])
    assert [each.fields["idea_title"] for each in held] == [rows[0].fields["idea_title"]] * 8
    changed = [
        Row(Ref(row.ref.external_id, said.remote_id), {"withdrawn_at": "2026-02-01T00:00:00Z"}, 2, row.parent)
        for row, said in zip(rows, outcomes, strict=True)
    ]
    assert {each.status for each in crm.upsert_many("vote", changed)} == {Status.UPDATED}
    [held] = crm.read_many("vote", [rows[3].ref])
    assert (held.fields["value"], held.fields["withdrawn_at"]) == (1, "2026-02-01T00:00:00Z")
    assert all(crm.plan_keys("vote", [Key(row.ref.external_id) for row in rows]))
    assert len(crm.fetch_changed("vote", "", 100).records) == 8


def test_a_vote_without_an_answer_is_found_and_not_written_twice(fake, crm):
    rows = votes(crm, 3)
    way = "notes/batch/create" if fake.settings["votes"] == "notes" else r"2-\d+/batch/upsert"
    fake.fail("POST", way, (502, "<html>Bad gateway</html>"), times=9, after=True)
    with pytest.raises(CrmError):
        crm.upsert_many("vote", rows)
    fake.failures.clear()
    assert all(crm.plan_keys("vote", [Key(row.ref.external_id) for row in rows]))
    assert len(crm.fetch_changed("vote", "", 100).records) == 3


def test_a_new_contact_stands_beside_its_company(fake, crm):
    [company] = crm.upsert_many("account", [Row(Ref("company:3"), {"name": "Acme"}, 1)])
    [person] = crm.upsert_many("contact", contacts(1, account="company:3"))
    assert fake.links == {(person.remote_id, company.remote_id)}


def task(n, **details):
    return Activity(
        f"rule-1-person-{n}",
        Ref(f"person:{n}"),
        "task",
        "Tell <them>",
        "It's there.",
        "2026-02-01T09:00:00Z",
        details,
    )


def test_what_is_to_be_done_is_an_open_task_of_the_owner_beside_contact_company_and_deal(fake, crm):
    fake.staff["32"] = ("Kim", "Ost")
    [company] = crm.upsert_many("account", [Row(Ref("company:3"), {"name": "Acme"}, 1)])
    people = crm.upsert_many("contact", [*contacts(1, account="company:3"), *contacts(2, first=2)])
    acme, (one, two, three) = company.remote_id, (each.remote_id for each in people)
    fake.enter("account", {"title": "Acme"}, acme)
    fake.records["companies"][acme]["hubspot_owner_id"] = "31"
    fake.records["contacts"][two]["hubspot_owner_id"] = "32"
    # Somebody who left owns the third still.
    fake.records["contacts"][three]["hubspot_owner_id"] = "77"
    deals = [fake.enter("deal", {"title": f"D{n}", "account": acme, "closed": n == 1}) for n in (1, 2)]
    said = [task(1, due="2026-02-03", link="https://community.example/ideas/7"), task(2), task(3), task(4)]
    told = crm.add_activity(said)
    assert [each.status for each in told] == [Status.CREATED] * 3 + [Status.FAILED]
    tasks = [fake.records["tasks"][each.remote_id] for each in told[:3]]
    assert [each.get("hubspot_owner_id") for each in tasks] == ["31", "32", None]
    assert [each["hs_timestamp"] for each in tasks] == ["2026-02-03T12:00:00Z", *["2026-02-01T09:00:00Z"] * 2]
    first = tasks[0]
    assert (first["hs_task_subject"], first["hs_task_status"]) == ("Tell <them>", "NOT_STARTED")
    assert first["hs_task_body"].startswith("It&#x27;s there.<br>due: 2026-02-03<br>link: https://")
    beside = {b for a, b in fake.links if a == told[0].remote_id}
    assert beside == {one, acme, deals[1]}
    # What they do with it is theirs, and it goes with the consent; what they made themselves stays.
    first["hs_task_status"] = "COMPLETED"
    assert [each.status for each in crm.add_activity(said[:3])] == [Status.UPDATED] * 3
    assert (first["hs_task_status"], len(fake.records["tasks"])) == ("COMPLETED", 3)
    theirs = fake._make("tasks", {"hs_task_subject": "Call her", "hs_timestamp": "2026-02-01T00:00:00Z"})
    fake.links.add((theirs, one))
    crm.erase("contact", [Ref(f"person:{n}") for n in (1, 2, 3)])
    assert list(fake.records["tasks"]) == [theirs]


def test_a_task_stands_beside_no_deal_where_two_are_open_or_the_key_may_not_see_them(fake, crm):
    [company] = crm.upsert_many("account", [Row(Ref("company:3"), {"name": "Acme"}, 1)])
    crm.upsert_many("contact", contacts(1, account="company:3"))
    fake.sees_deals = False
    [hidden] = crm.add_activity([task(1)])
    fake.sees_deals = True
    for n in (1, 2):
        fake.enter("deal", {"title": f"D{n}", "account": company.remote_id})
    said = Activity("rule-2", Ref("person:1"), "task", "Call", "", "2026-02-01T09:00:00Z")
    [two] = crm.add_activity(
        [
            said,
        ]
    )
    assert (hidden.status, two.status) == (Status.CREATED, Status.CREATED)
    assert not {b for a, b in fake.links if a in (hidden.remote_id, two.remote_id)} & set(
        fake.records["deals"]
    )


def test_limits_are_heard(fake, crm):
    crm.upsert_many("contact", contacts(1))
    assert fake.heard[-1] == (fake.used, 650_000)
    assert (crm.org.caller.bucket.rate.calls, crm.org.caller.bucket.rate.seconds) == (190, 10)
    fake.end_day()
    with pytest.raises(CrmError) as caught:
        crm.upsert_many("contact", contacts(1))
    assert caught.value.retry_at == fake.now() + PAUSE
    assert fake.waits == []


def test_no_second_ever_holds_more_searches_than_hubspot_allows(fake, crm):
    times, search = [], fake.search

    def timed(request, type_):
        times.append(fake.passed)
        return search(request, type_)

    fake.search = timed
    fake.sleep(3_600)
    fake.fill(2_000)
    cursor = ""
    while (changed := crm.fetch_changed("contact", cursor, 200)).records:
        cursor = changed.cursor
    assert len(times) > 10
    assert max(sum(at <= each < at + 1 for each in times) for at in times) <= 4


def test_who_made_it_decides_how_it_goes(fake, crm):
    [person] = crm.upsert_many("contact", contacts(1))
    crm.erase("contact", [Ref("person:1", person.remote_id)])
    assert fake.forgotten == [person.remote_id]
    bin_ = made(HubSpot(ours("hubspot"), erase="archive"))
    [person] = bin_.upsert_many("contact", contacts(1))
    assert bin_.erase("contact", [Ref("person:1", person.remote_id)])[0].status is Status.ERASED


def test_who_may_not_make_properties_is_told_the_scopes():
    fake = HubSpot(ours("hubspot"))
    fake.may_make = False
    with pytest.raises(CrmError, match=r"crm\.schemas\.contacts\.write") as caught:
        made(fake)
    assert (caught.value.auth, "contacts.community_id" in str(caught.value)) == (True, True)


# -- The published API ----------------------------------------------------------------------------------


def published(shared):
    """The published files, with their paths put back where they were shortened; keys are bearers by now."""
    folder = shared / "specs/hubspot"
    roots = {
        "contacts.restored-paths.json": "",
        "properties.openapi.json": "/crm/v3/properties",
        "object.schemas.openapi.json": "/crm-object-schemas/v3/schemas",
        "associations.openapi.yaml": "/crm/v4",
    }
    documents = []
    for name, root in roots.items():
        text = (folder / name).read_text()
        spec = json.loads(text) if name.endswith("json") else yaml.safe_load(text)
        spec["paths"] = {f"{root}{path}".rstrip("/"): each for path, each in spec["paths"].items()}
        spec["servers"] = [{"url": "https://api.hubapi.com"}]
        schemes = spec["components"]["securitySchemes"]
        schemes |= {each: {"type": "http", "scheme": "bearer"} for each in schemes}
        documents.append(spec)
    return Contract(documents, strict=False)


@pytest.mark.shared
def test_each_request_is_as_the_published_files_say(shared):
    contract = published(shared)
    for way in ("notes", "objects"):
        fake = HubSpot(contract, version="v3", votes=way)
        crm = made(fake)
        crm.upsert_many("account", [Row(Ref("company:3"), {"name": "Acme"}, 1)])
        crm.upsert_many("contact", contacts(120, account="company:3"))
        rows = votes(crm, 3)
        crm.plan_keys("contact", [Key("person:1", "a@b.example"), Key("person:999", "c@d.example")])
        crm.upsert_many("vote", rows)
        crm.fetch_changed("contact", "", 100)
        crm.add_activity([task(1, due="2026-02-03")])
        crm.read_many("vote", [row.ref for row in rows])
        crm.erase("contact", [Ref("person:1"), Ref("person:2")])
    assert contract.checked >= 40
    bad = {"inputs": [{"idProperty": "community_id", "properties": {"community_points": 7}}]}
    with pytest.raises(AssertionError):
        crm.org.call("POST", crm.org.path("objects", "contacts/batch/upsert"), json=bad)
