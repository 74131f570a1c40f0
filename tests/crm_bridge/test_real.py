"""What only a real CRM shows. Each test begins with an empty one."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from portal.crm_bridge import drifting
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import CrmError, Key, Ref, Row, Status, connect
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.models import DEFAULT
from portal.database import db
from portal.voting import casting
from tests.crm_bridge.conftest import Bridge

REAL = [pytest.param(name, marks=pytest.mark.real_crm(name)) for name in ("bottlecrm",)]
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


def test_an_address_that_is_another_persons_is_refused_by_name(connected):
    gateway = connected()
    gateway.ensure_schema(KINDS)
    rows = [Row(Ref(f"person:{n}"), {"name": f"P {n}", "email": "one@example.com"}, n) for n in (1, 2)]
    [made] = gateway.upsert_many("contact", rows[:1])
    assert gateway.plan_keys("contact", [Key("person:2", "ONE@example.com")]) == [None]
    refused, other = gateway.upsert_many("contact", [rows[1], Row(Ref("person:3"), {"name": "P 3"}, 3)])
    assert (refused.status, refused.field, refused.permanent) == (Status.FAILED, "email", True)
    assert "already exists" in refused.message
    assert other.status is Status.CREATED
    assert gateway.plan_keys("contact", [Key("person:1")]) == [made.remote_id]


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
