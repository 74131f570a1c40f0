"""What only real CRMs show, whichever it is. Each test begins with an empty one."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from crms.making import CRMS
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import CrmError, Ref, Row, Status, connect
from portal.crm_bridge.mapping import KINDS
from portal.database import db
from portal.voting import casting
from tests.crm_bridge.conftest import Bridge, drifts

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
    with make.in_one_transaction():
        companies = [make.company(), make.company()]
        made = [consenting(company=companies[n % 2], name=f"Ines {n} Duarte") for n in range(people)]
        on = [make.idea(title=f'Línea: "{n}"\u2028{"x" * 100}') for n in range(ideas)]
    for idea in on:
        for who in made:
            casting.cast(idea, by=who, value=1)
    db.session.commit()
    return made, on


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
