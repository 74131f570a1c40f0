"""What only a real CRM shows. Each test begins with an empty one."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from crms.making import CRMS
from portal.crm_bridge import drifting
from portal.crm_bridge.bottlecrm import finding
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import Activity, CrmError, Field, Key, Kind, Ref, Row, Status, connect
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.models import DEFAULT
from portal.database import db
from portal.voting import casting
from tests.crm_bridge.conftest import Bridge

REAL = [pytest.param(name, marks=pytest.mark.real_crm(name)) for name in CRMS]
pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture(params=REAL)
def vendor(request):
    return request.param


@pytest.fixture
def connected(vendor, real_crm):
    """Makes gateways to one empty CRM, each with the calls that it made."""
    settings, made = real_crm(vendor), []

    def gateway(**changes):
        calls = []
        made.append(connect(vendor, {**settings, **changes}, Wire(private=True, note=calls.append)))
        made[-1].calls_made = calls
        return made[-1]

    gateway.settings = settings
    yield gateway
    for each in made:
        each.close()


def community(make, consenting, people, ideas):
    """People of two companies who agreed, each with a vote on every idea."""
    companies = [make.company(), make.company()]
    made = [consenting(company=companies[n % 2], name=f"Ines {n} Duarte") for n in range(people)]
    on = [make.idea(title=f'Línea: "{n}"\u2028{"x" * 100}') for n in range(ideas)]
    for idea in on:
        for who in made:
            casting.cast(idea, by=who, value=1)
    db.session.commit()
    return made, on


def drifts(gateway):
    return [each for found in drifting.drift(DEFAULT, gateway) for each in found.drifts]


def test_a_community_is_written_read_back_equal_and_not_written_again(app, make, consenting, connected):
    people, ideas = community(make, consenting, 12, 3)
    gateway = connected()
    bridge = Bridge(gateway)
    assert bridge.push()["created"] == 2 + 12 + 36
    assert drifts(gateway) == []
    assert set(bridge.held("contact")) == {f"person:{each.id}" for each in people}
    assert set(bridge.held("vote")) == {f"vote:{idea.id}:{who.id}" for idea in ideas for who in people}
    # Changed, taken back, and renamed: only what differs goes over.
    people[0].reputation = 40
    casting.withdraw(ideas[0], by=people[1])
    ideas[1].title = "Work offline"
    counts = bridge.push()
    assert (counts["updated"], counts["created"], counts["quarantined"]) >= (14, 0, 0)
    assert drifts(gateway) == []
    gateway.calls_made.clear()
    counts = bridge.push()
    assert (gateway.calls_made, counts["equal"]) == ([], 50)


def test_six_who_create_one_address_at_once_make_one_contact(connected):
    gateways = [connected() for _ in range(6)]
    gateways[0].ensure_schema(KINDS)
    row = Row(Ref("person:1"), {"name": "Ines Duarte", "email": "ines@example.com", "points": 3}, 1)
    with ThreadPoolExecutor(6) as threads:
        outcomes = list(threads.map(lambda gateway: gateway.upsert_many("contact", [row])[0], gateways))
    assert {each.status for each in outcomes} <= {Status.CREATED, Status.UPDATED}, outcomes
    assert len({each.remote_id for each in outcomes}) == 1
    [held] = gateways[0].fetch_changed("contact", "", 10).records
    assert (held.ref.remote_id, held.fields["points"]) == (outcomes[0].remote_id, 3)


def test_a_secret_that_is_not_known_is_said_and_held_against_no_row(vendor, connected):
    connected().ensure_schema(KINDS)
    wrong = connected(**{"token": "bcrm_pat_nobody"} if vendor == "bottlecrm" else {"password": "nobody"})
    with pytest.raises(CrmError) as refused:
        wrong.upsert_many("contact", [Row(Ref("person:1"), {"name": "Ines"}, 1)])
    assert (refused.value.auth, refused.value.permanent) == (True, False)


# -- BottleCRM ------------------------------------------------------------------------------------------


@pytest.fixture
def bottle(real_crm):
    """An organisation of BottleCRM: its settings, and a client as people there would use it."""
    settings = real_crm("bottlecrm")
    headers = {"Authorization": f"Bearer {settings['token']}"}
    with httpx.Client(base_url=f"{settings['url']}/api/", headers=headers, timeout=60) as client:
        client.settings = settings
        yield client


def connect_to(bottle):
    return connect("bottlecrm", bottle.settings, Wire(private=True))


@pytest.mark.real_crm("bottlecrm")
def test_a_field_that_was_switched_off_there_is_named_by_drift_with_its_count(app, consenting, bottle):
    people = [consenting() for _ in range(5)]
    gateway = connect_to(bottle)
    bridge = Bridge(gateway)
    bridge.push()
    [field] = [
        each
        for each in bottle.get("custom-fields/").json()["definitions"]
        if (each["target_model"], each["key"]) == ("Contact", "community_points")
    ]
    bottle.delete(f"custom-fields/{field['id']}/").raise_for_status()
    for each in people[:3]:
        each.reputation = 40
    assert bridge.push()["updated"] == 3
    found = drifts(gateway)
    assert [set(each.fields) for each in found] == [{"points"}] * 3
    assert gateway.missing_schema(KINDS) == [
        "Contact.community_points is switched off; switch it on in Settings, Custom fields"
    ]
    # It is not switched on again behind the back of whoever switched it off.
    assert gateway.ensure_schema(KINDS) == []
    gateway.close()


@pytest.mark.real_crm("bottlecrm")
def test_a_contact_of_sales_is_adopted_by_its_address_and_outlives_the_consent(
    app, consenting, vote, make, bottle
):
    ines = consenting(name="Ines Duarte", email="ines@example.com")
    vote(ines, make.idea())
    theirs = {"first_name": "I.", "last_name": "Duarte", "email": "Ines@Example.com", "title": "Head of Grid"}
    contact_id = bottle.post("contacts/", json=theirs).json()["id"]
    gateway = connect_to(bottle)
    bridge = Bridge(gateway)
    counts = bridge.push()
    assert (counts["adopted"], counts["created"]) == (1, 1)
    record = bottle.get(f"contacts/{contact_id}/").json()["contact_obj"]
    assert (record["title"], record["custom_fields"]["community_id"]) == ("Head of Grid", f"person:{ines.id}")
    ines.crm_consent = False
    assert bridge.push()["erased"] == 2
    record = bottle.get(f"contacts/{contact_id}/").json()["contact_obj"]
    assert (record["title"], record["custom_fields"]) == ("Head of Grid", {})
    assert bottle.get("interactions/", params={"contact": contact_id}).json()["count"] == 0
    assert drifts(gateway) == []
    gateway.close()


@pytest.mark.real_crm("bottlecrm")
def test_a_task_is_open_for_whoever_looks_after_the_account_and_stays_as_they_change_it(bottle):
    gateway = connect_to(bottle)
    gateway.ensure_schema(KINDS)
    [account] = gateway.upsert_many("account", [Row(Ref("company:1"), {"name": "Northwind"}, 1)])
    contact = Row(Ref("person:1"), {"name": "Ines Duarte", "account": "company:1"}, 1)
    [person] = gateway.upsert_many("contact", [contact])
    me = bottle.get("tasks/", params={"slim": "true"}).json()["users"][0]["id"]
    bottle.patch(f"accounts/{account.remote_id}/", json={"assigned_to": [me]}).raise_for_status()
    details = {"due": "2026-02-03", "link": "https://community.example/ideas/7"}
    said = Activity(
        "rule-1-x", Ref("person:1"), "task", "Shipped: Offline", "Tell them.", "2026-02-01T00:00:00Z", details
    )
    [made] = gateway.add_activity([said])
    task_id = made.remote_id.partition("/")[2]
    task = bottle.get(f"tasks/{task_id}/").json()["task_obj"]
    assert (task["title"], task["status"], task["due_date"]) == ("Shipped: Offline", "New", "2026-02-03")
    assert task["description"].startswith(
        "Tell them.\ndue: 2026-02-03\nlink: https://community.example/ideas/7"
    )
    assert [each["id"] for each in task["assigned_to"]] == [me]
    assert (task["account"]["id"], task["contacts"][0]["id"]) == (account.remote_id, person.remote_id)
    bottle.patch(f"tasks/{task_id}/", json={"status": "Completed"}).raise_for_status()
    assert [each.remote_id for each in gateway.add_activity([said])] == [made.remote_id]
    assert bottle.get("tasks/", params={"slim": "true"}).json()["tasks_count"] == 1
    assert bottle.get(f"tasks/{task_id}/").json()["task_obj"]["status"] == "Completed"
    gateway.erase("contact", [Ref("person:1", person.remote_id)])
    assert bottle.get(f"tasks/{task_id}/").status_code == 404
    assert bottle.get(f"contacts/{person.remote_id}/").status_code == 404
    gateway.close()


@pytest.mark.real_crm("bottlecrm")
def test_more_than_a_page_is_read_whole(bottle, monkeypatch):
    for name in ("PAGE", "OF_A_CONTACT"):
        monkeypatch.setattr(finding, name, 2)
    gateway = connect_to(bottle)
    gateway.ensure_schema(KINDS)
    rows = [Row(Ref(f"person:{n}"), {"name": f"P {n}"}, n) for n in range(5)]
    contacts = [each.remote_id for each in gateway.upsert_many("contact", rows)]
    parent = Ref("person:0", contacts[0])
    gateway.upsert_many("vote", [Row(Ref(f"vote:{n}:0"), {"value": 1}, n, parent) for n in range(5)])
    refs = [Ref(f"vote:{n}:0") for n in range(6)]
    assert [each and each.ref.external_id for each in gateway.read_many("vote", refs)] == [
        *(f"vote:{n}:0" for n in range(5)),
        None,
    ]
    keys = [Key(f"person:{n}") for n in range(6)]
    assert gateway.plan_keys("contact", keys) == [*contacts, None]
    gateway.close()


@pytest.mark.real_crm("bottlecrm")
def test_what_was_read_is_not_read_again_within_a_push(bottle):
    calls = []
    gateway = connect("bottlecrm", bottle.settings, Wire(private=True, note=calls.append))
    gateway.ensure_schema(KINDS)
    keys = [Key(f"company:{n}") for n in range(4)]
    for part in (keys[:2], keys[2:]):
        assert gateway.plan_keys("account", part) == [None, None]
        gateway.upsert_many(
            "account", [Row(Ref(each.external_id), {"name": f"Firm {each.external_id}"}, 1) for each in part]
        )
    assert all(gateway.plan_keys("account", keys))
    [contact] = gateway.upsert_many("contact", [Row(Ref("person:0"), {"name": "Ines"}, 1)])
    parent = Ref("person:0", contact.remote_id)
    votes = [Row(Ref(f"vote:{n}:0"), {"value": 1}, n, parent) for n in range(1, 7)]
    for part in (votes[:3], votes[3:]):
        assert gateway.plan_keys("vote", [Key(each.ref.external_id) for each in part]) == [None] * 3
        assert {each.status for each in gateway.upsert_many("vote", part)} == {Status.CREATED}
    asked = Counter((each.method, each.path.partition("?")[0].split("/")[2]) for each in calls)
    assert (asked["GET", "accounts"], asked["GET", "interactions"]) == (1, 0)
    # The next push reads once what is there, and finds all of it.
    gateway.ensure_schema(KINDS)
    calls.clear()
    found = gateway.plan_keys("vote", [Key(each.ref.external_id) for each in votes])
    again = [
        Row(Ref(each.ref.external_id, id_), {"value": -1}, 9, parent)
        for each, id_ in zip(votes, found, strict=True)
    ]
    assert {each.status for each in gateway.upsert_many("vote", again)} == {Status.UPDATED}
    assert sum(each.method == "GET" and "interactions" in each.path for each in calls) == 1
    held = gateway.read_many("vote", [each.ref for each in again])
    assert [each.fields["value"] for each in held] == [-1] * 6
    # Whoever compares goes through all accounts part by part, and they are listed once for it.
    for lists in (1, 2):
        for part in (keys[:2], keys[2:]):
            held = gateway.read_many("account", [Ref(each.external_id) for each in part])
            assert [each.ref.external_id for each in held] == [each.external_id for each in part]
        assert sum("/accounts" in each.path for each in calls) == lists
    gateway.close()


@pytest.mark.real_crm("bottlecrm")
def test_what_the_portal_made_alone_is_deleted_with_the_consent(app, consenting, vote, make, bottle):
    alone, known = consenting(), consenting()
    vote(alone, make.idea())
    gateway = connect_to(bottle)
    bridge = Bridge(gateway)
    bridge.push()
    ids = gateway.plan_keys("contact", [Key(f"person:{each.id}") for each in (alone, known)])
    bottle.post(f"contacts/{ids[1]}/", json={"comment": "Called her in May"}).raise_for_status()
    alone.crm_consent = known.crm_consent = False
    bridge.push()
    assert bottle.get(f"contacts/{ids[0]}/").status_code == 404
    assert bottle.get(f"contacts/{ids[1]}/").json()["contact_obj"]["custom_fields"] == {}
    gateway.close()


@pytest.mark.real_crm("bottlecrm")
def test_an_address_that_is_another_persons_is_refused_by_name(bottle):
    gateway = connect_to(bottle)
    gateway.ensure_schema(KINDS)
    rows = [Row(Ref(f"person:{n}"), {"name": f"P {n}", "email": "one@example.com"}, n) for n in (1, 2)]
    [made] = gateway.upsert_many("contact", rows[:1])
    assert gateway.plan_keys("contact", [Key("person:2", "ONE@example.com")]) == [None]
    refused, other = gateway.upsert_many("contact", [rows[1], Row(Ref("person:3"), {"name": "P 3"}, 3)])
    assert (refused.status, refused.field, refused.permanent) == (Status.FAILED, "email", True)
    assert "already exists" in refused.message
    assert other.status is Status.CREATED
    assert gateway.plan_keys("contact", [Key("person:1")]) == [made.remote_id]
    gateway.close()


# -- Tryton ---------------------------------------------------------------------------------------------


@pytest.fixture
def tryton(real_crm):
    """A database of Tryton: a gateway to it, and `ask` as people there would use it, in a session of their own."""
    settings = real_crm("tryton")
    gateways = [connect("tryton", settings, Wire(private=True)) for _ in range(2)]
    gateways[0].ask = gateways[1].rpc.ask
    gateways[0].look = gateways[1].rpc.read
    yield gateways[0]
    for each in gateways:
        each.close()


@pytest.mark.real_crm("tryton")
def test_fields_that_are_missing_are_named_with_the_steps(tryton):
    kinds = [Kind("contact", (Field("points", "number"), Field("shoe_size", "number")))]
    assert tryton.missing_schema(kinds)[0] == "party.party.community_shoe_size"
    with pytest.raises(
        CrmError, match=r"no party\.party\.community_shoe_size\. Copy the folder .* -u community"
    ) as said:
        tryton.ensure_schema(kinds)
    assert not said.value.permanent


@pytest.mark.real_crm("tryton")
def test_one_bad_row_of_a_call_is_named_and_the_others_are_written(tryton):
    rows = [Row(Ref(f"person:{n}"), {"name": f"P {n}", "points": n}, n) for n in range(40)]
    rows[7] = Row(Ref("person:7"), {"name": "P 7", "points": "many"}, 7)
    outcomes = tryton.upsert_many("contact", rows)
    bad = outcomes.pop(7)
    assert (bad.status, bad.permanent) == (Status.FAILED, True)
    assert "many" in bad.message
    assert {each.status for each in outcomes} == {Status.CREATED}
    assert len(tryton.fetch_changed("contact", "", 100).records) == 39


@pytest.mark.real_crm("tryton")
def test_what_somebody_changes_meanwhile_is_kept(tryton):
    [made] = tryton.upsert_many("contact", [Row(Ref("person:1"), {"name": "Ines", "points": 1}, 1)])
    ask, meanwhile = tryton.rpc.ask, []

    def interrupted(method, *params, **options):
        if method.endswith(".write") and not meanwhile:
            meanwhile.append(tryton.ask("party.party.write", [int(made.remote_id)], {"name": "Ines Duarte"}))
        return ask(method, *params, **options)

    tryton.rpc.ask = interrupted
    [outcome] = tryton.upsert_many("contact", [Row(Ref("person:1", made.remote_id), {"points": 2}, 2)])
    assert (outcome.status, len(meanwhile)) == (Status.UPDATED, 1)
    [held] = tryton.read_many("contact", [Ref("person:1")])
    assert (held.fields["name"], held.fields["points"]) == ("Ines Duarte", 2)


@pytest.mark.real_crm("tryton")
def test_a_session_that_ended_is_begun_again(tryton):
    [made] = tryton.upsert_many("contact", [Row(Ref("person:1"), {"name": "Ines"}, 1)])
    signed = tryton.rpc.caller._signed
    caller = tryton.rpc.caller
    body = {"id": 1, "method": "common.db.logout", "params": []}
    caller.call("POST", tryton.rpc.path, json=body)
    assert tryton.plan_keys("contact", [Key("person:1")]) == [made.remote_id]
    assert caller._signed != signed


@pytest.mark.real_crm("tryton")
def test_a_party_of_sales_is_adopted_by_its_address_and_outlives_the_consent(
    app, consenting, vote, make, tryton
):
    ines, tomas = (consenting(name=name, email=f"{name}@example.com") for name in ("ines", "tomas"))
    vote(ines, make.idea())
    address = {"type": "email", "value": "Ines@Example.com"}
    [theirs] = tryton.ask(
        "party.party.create", [{"name": "I. Duarte", "contact_mechanisms": [["create", [address]]]}]
    )
    # Two of one address are nobody in particular: his party is made.
    shared = {"type": "email", "value": "tomas@example.com"}
    tryton.ask(
        "party.party.create", [{"name": n, "contact_mechanisms": [["create", [shared]]]} for n in ("A", "B")]
    )
    bridge = Bridge(tryton)
    counts = bridge.push()
    assert (counts["adopted"], counts["created"]) == (1, 2)
    assert tryton.plan_keys("contact", [Key(f"person:{ines.id}")]) == [str(theirs)]
    assert [each["value"] for each in emails(tryton, theirs)] == ["Ines@Example.com"]
    made = int(tryton.plan_keys("contact", [Key(f"person:{tomas.id}")])[0])
    ines.crm_consent = tomas.crm_consent = False
    assert bridge.push()["erased"] == 3
    [party] = tryton.look("party.party", [["id", "=", theirs]], ["community_id", "community_points"])
    assert (party["community_id"], party["community_points"]) == (None, None)
    assert [each["value"] for each in emails(tryton, theirs)] == ["Ines@Example.com"]
    assert tryton.look("party.party", [["id", "=", made]], ["name"]) == []
    assert tryton.look("community.vote", [], ["idea"]) == []
    assert drifts(tryton) == []


def emails(tryton, party):
    return tryton.look("party.contact_mechanism", [["party", "=", party]], ["value"])


@pytest.mark.real_crm("tryton")
def test_a_party_to_which_somebody_wrote_a_note_is_only_emptied(tryton):
    rows = [
        Row(Ref(f"person:{n}"), {"name": f"P {n}", "points": n, "email": f"p{n}@example.com"}, n)
        for n in (1, 2)
    ]
    ids = [each.remote_id for each in tryton.upsert_many("contact", rows)]
    said = Activity(
        "entry:1", Ref("person:1", ids[0]), "note", "Shipped", "Offline mode", "2026-01-01T00:00:00Z"
    )
    tryton.add_activity([said])
    tryton.ask("ir.note.create", [{"resource": f"party.party,{ids[1]}", "message": "Called her in May"}])
    tryton.erase("contact", [Ref(f"person:{n}", remote) for n, remote in zip((1, 2), ids, strict=True)])
    left = tryton.look("party.party", [], ["name", "community_id"])
    assert [(str(each["id"]), each["community_id"]) for each in left] == [(ids[1], None)]
    # The address was ours alone, so it goes as well.
    assert tryton.look("party.contact_mechanism", [], ["value"]) == []
