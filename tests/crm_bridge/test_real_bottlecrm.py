"""What only a real BottleCRM shows. Each test begins with an empty one."""

from collections import Counter

import httpx
import pytest

from portal.crm_bridge.bottlecrm import finding
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import Activity, Key, Ref, Row, Status, connect
from portal.crm_bridge.mapping import KINDS
from tests.crm_bridge.conftest import Bridge, drifts

pytestmark = [pytest.mark.only_on("sqlite"), pytest.mark.real_crm("bottlecrm")]


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
