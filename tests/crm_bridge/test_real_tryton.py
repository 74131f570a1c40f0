"""What only a real Tryton shows. Each test begins with an empty one."""

import pytest

from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import Activity, CrmError, Field, Key, Kind, Ref, Row, Status, connect
from tests.crm_bridge.conftest import Bridge, drifts

pytestmark = [pytest.mark.only_on("sqlite"), pytest.mark.real_crm("tryton")]


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


def test_fields_that_are_missing_are_named_with_the_steps(tryton):
    kinds = [Kind("contact", (Field("points", "number"), Field("shoe_size", "number")))]
    assert tryton.missing_schema(kinds)[0] == "party.party.community_shoe_size"
    with pytest.raises(
        CrmError, match=r"no party\.party\.community_shoe_size\. Copy the folder .* -u community"
    ) as said:
        tryton.ensure_schema(kinds)
    assert not said.value.permanent


def test_one_bad_row_of_a_call_is_named_and_the_others_are_written(tryton):
    rows = [Row(Ref(f"person:{n}"), {"name": f"P {n}", "points": n}, n) for n in range(40)]
    rows[7] = Row(Ref("person:7"), {"name": "P 7", "points": "many"}, 7)
    outcomes = tryton.upsert_many("contact", rows)
    bad = outcomes.pop(7)
    assert (bad.status, bad.permanent) == (Status.FAILED, True)
    assert "many" in bad.message
    assert {each.status for each in outcomes} == {Status.CREATED}
    assert len(tryton.fetch_changed("contact", "", 100).records) == 39


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


def test_a_session_that_ended_is_begun_again(tryton):
    [made] = tryton.upsert_many("contact", [Row(Ref("person:1"), {"name": "Ines"}, 1)])
    signed = tryton.rpc.caller._signed
    caller = tryton.rpc.caller
    body = {"id": 1, "method": "common.db.logout", "params": []}
    caller.call("POST", tryton.rpc.path, json=body)
    assert tryton.plan_keys("contact", [Key("person:1")]) == [made.remote_id]
    assert caller._signed != signed


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
