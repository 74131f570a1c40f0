"""The signed webhook: each message is taken once, and one that is not is tried again as the standard says."""

import json
from datetime import timedelta

import pytest

from portal import clock
from portal.crm_bridge import cli
from portal.crm_bridge.calling.signing import new_secret
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import Activity, Ref, connect
from portal.crm_bridge.models import CrmCall, CrmConnection, CrmExchange, CrmLink
from portal.crm_bridge.webhook.gateway import WAITS
from portal.database import db
from tests.crm_bridge.receiving import LOST, Receiver


@pytest.fixture
def receiver():
    made = Receiver()
    with made.listening() as made.address:
        yield made


@pytest.fixture
def connected(run, receiver, settings):
    words = ("--vendor", "webhook", "--private", "--set", f"address={receiver.address}")
    assert run("crm", "connect", "hook", *words, "--set", f"secret={receiver.secrets[0]}").exit_code == 0

    def flask_crm(*more):
        return run("crm", *more, "--connection", "hook")

    flask_crm.settings = settings
    return flask_crm


def test_what_is_known_of_somebody_comes_as_signed_events(connected, receiver, make, consenting, vote):
    ines = consenting(name="Ines Duarte", reputation=25, company=make.company(name="Northwind"))
    idea = make.idea(title="Offline mode")
    vote(ines, idea)
    assert "3 created" in connected("push").output
    assert receiver.refused == []
    types = [event["type"] for event in receiver.events]
    assert types == [
        *("community.account.changed", "community.participant.changed"),
        *("community.reputation.changed", "community.vote.changed"),
    ]
    _, person, reputation, voted = receiver.events
    assert {name: person[name] for name in ("specversion", "subject", "dataschema", "datacontenttype")} == {
        "specversion": "1.0",
        "subject": f"person:{ines.id}",
        "dataschema": "community.participant.v1",
        "datacontenttype": "application/json",
    }
    assert (person["data"]["name"], reputation["data"]["points"]) == ("Ines Duarte", 25)
    assert (voted["data"]["id"], voted["data"]["idea_title"]) == (f"{idea.id}:{ines.id}", "Offline mode")
    assert person["data"]["seq"] < voted["data"]["seq"]
    headers, body = receiver.received[1]
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert (headers["webhook-id"], json.loads(body)) == (person["id"], person)
    assert "0 created, 0 updated, 3 equal" in connected("push").output
    assert len(receiver.received) == 4


def test_what_is_to_be_done_is_an_event_of_its_own(receiver):
    hook = connect(
        "webhook", {"address": receiver.address, "secret": receiver.secrets[0]}, Wire(private=True)
    )
    details = {"kind": "task", "rule": "At risk", "due": "2026-02-03"}
    said = Activity("rule-1-a", Ref("person:1"), "task", "At risk", "Call.", "2026-02-01T00:00:00Z", details)
    hook.add_activity([said])
    hook.close()
    [event] = receiver.events
    assert (event["type"], event["subject"], event["data"]) == ("community.task.added", "person:1", details)
    assert "dataschema" not in event


def test_only_the_record_that_changed_is_sent(connected, receiver, consenting):
    ines = consenting()
    connected("push")
    receiver.events.clear()
    ines.reputation = 40
    connected("push")
    ines.name = "Ines D."
    connected("push")
    assert [event["type"].split(".")[1] for event in receiver.events] == ["reputation", "participant"]
    numbers = [event["data"]["seq"] for event in receiver.events]
    assert numbers == sorted(set(numbers))


def test_who_withdraws_is_erased_there(connected, receiver, make, consenting, vote):
    ines, idea = consenting(), make.idea()
    vote(ines, idea)
    connected("push")
    receiver.events.clear()
    ines.crm_consent = False
    assert "2 erased" in connected("push").output
    assert [(event["type"], event["data"]["id"]) for event in receiver.events] == [
        ("community.vote.erased", f"vote:{idea.id}:{ines.id}"),
        ("community.participant.erased", f"person:{ines.id}"),
    ]
    kept = [row.about + row.sent + row.answer for row in db.session.query(CrmCall)]
    assert not [text for text in kept if str(ines.email) in text or f"person:{ines.id}" in text]


def test_a_message_that_fails_is_tried_again_under_the_same_id(connected, receiver, consenting, settings):
    consenting()
    receiver.answers = [500]
    connected("push")
    link = db.session.query(CrmLink).filter_by(entity="person").one()
    assert (link.state, link.attempts, "500" in link.message) == ("retry", 1, True)
    assert timedelta(seconds=3) < link.next_at - clock.now() < timedelta(seconds=6)
    with clock.at(link.next_at + timedelta(seconds=1)):
        db.session.rollback()
        cli.push_waiting(settings, lambda: False)
    first, second, third = (json.loads(body) for _, body in receiver.received)
    assert first["id"] == second["id"] != third["id"]
    db.session.expire_all()
    assert db.session.query(CrmLink).filter_by(entity="person").one().state == "done"


def test_what_was_taken_without_an_answer_is_taken_once(connected, receiver, consenting):
    consenting()
    receiver.answers = [LOST]
    result = connected("push")
    assert result.exit_code == 1
    assert "The CRM cannot be reached" in result.output
    assert "1 created" in connected("push").output
    assert [event["type"].split(".")[1] for event in receiver.events] == ["participant", "reputation"]
    assert receiver.refused == ["It was received before"]


def test_of_the_calls_of_a_day_a_tenth_is_left_to_others(connected, receiver, consenting, run):
    run("crm", "connect", "hook", "--set", "calls_per_day=20")
    for _ in range(15):
        consenting()
    first = connected("push").output
    assert "9 created" in first
    assert "The CRM did not take 6 to be tried again" in first
    assert len(receiver.received) == 18
    assert "18 calls were made today; 90 % of 20 are ours" in connected("push").output
    assert len(receiver.received) == 18
    assert "18 calls on" in run("crm", "status", "--connection", "hook").output
    tomorrow = db.session.get_one(CrmConnection, "hook").not_before
    assert (tomorrow.hour, tomorrow.minute) == (0, 0)
    db.session.rollback()
    receiver.now = lambda: tomorrow
    with clock.at(tomorrow + timedelta(seconds=1)):
        cli.push_waiting(connected.settings, lambda: False)
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == len(receiver.received) == 30


def test_the_waits_are_those_of_the_standard_and_end(connected, receiver, consenting, settings):
    ines = consenting()
    receiver.answers = [500] * 20
    at, waits = clock.now(), []
    for _ in range(len(WAITS) + 1):
        with clock.at(at):
            cli.push_waiting(settings, lambda: False) if waits else connected("push")
            db.session.expire_all()
            link = db.session.query(CrmLink).filter_by(entity="person", entity_id=ines.id).one()
            next_at = link.next_at
            db.session.rollback()
            if next_at is None:
                break
            waits.append((next_at - at).total_seconds())
            at = next_at + timedelta(seconds=1)
    assert len(waits) == len(WAITS)
    # A little more, because the first push was made by the real clock.
    assert all(0.8 * n <= wait <= 1.2 * n + 5 for wait, n in zip(waits, WAITS, strict=True))
    db.session.expire_all()
    link = db.session.query(CrmLink).filter_by(entity="person", entity_id=ines.id).one()
    assert (link.state, link.message.partition(":")[0]) == ("quarantined", "Given up after 10 tries")


def test_who_wants_no_more_gets_no_more(connected, receiver, consenting, settings, cast):
    consenting()
    receiver.answers = [410]
    assert "wants no more messages" in connected("push").output
    assert db.session.get_one(CrmConnection, "hook").paused
    db.session.commit()
    cli.push_waiting(settings, lambda: False)
    assert len(receiver.received) == 1
    letters = [path.read_text() for path in (settings.folder / "mail").glob("*.eml")]
    assert [cast.admin.email in each and "wants no more" in each for each in letters] == [True]


def test_a_receiver_that_fails_every_message_is_left_alone(connected, receiver, consenting):
    for _ in range(12):
        consenting()
    receiver.answers = [500] * 99
    result = connected("push")
    assert result.exit_code == 1
    assert len(receiver.received) == 5


def test_one_message_that_fails_holds_up_no_other(connected, receiver, consenting):
    people = [consenting() for _ in range(7)]
    bad = f"person:{people[2].id}"
    receiver.answers = [lambda event: 422 if event["subject"] == bad else 204] * 99
    result = connected("push")
    assert "6 created" in result.output
    assert {event["subject"] for event in receiver.events} == {f"person:{p.id}" for p in people} - {bad}
    [said] = db.session.query(CrmExchange).filter_by(entity_id=people[2].id).all()
    assert said.answer == {"status": "failed", "message": "The CRM answered 422"}


def test_secrets_change_without_a_gap(connected, receiver, consenting, run):
    old, new = receiver.secrets[0], new_secret()
    run("crm", "connect", "hook", "--set", f"secret={new}", "--set", f"old_secret={old}")
    consenting()
    connected("push")
    receiver.secrets = [new]
    consenting()
    connected("push")
    assert receiver.refused == []
    run("crm", "connect", "hook", "--set", "old_secret=")
    consenting()
    connected("push")
    assert receiver.refused == []
    assert len(receiver.received[-1][0]["webhook-signature"].split(" ")) == 1


def test_a_webhook_has_nothing_to_read_back_and_says_so(connected):
    for command in (("drift",), ("export", "people.csv")):
        result = connected(*command)
        assert result.exit_code == 1
        assert "Error: hook cannot be read back (Signed webhook)" in result.output


def test_a_secret_that_is_none_is_said_and_not_shown(run, receiver, consenting):
    words = ("--vendor", "webhook", "--private", "--set", f"address={receiver.address}")
    run("crm", "connect", "hook", *words, "--set", "secret=not-a-real-secret")
    result = run("crm", "push", "--connection", "hook")
    assert "The secret cannot be used: A secret is whsec_ and base64" in result.output
    assert "not-a-real" not in result.output


def test_an_address_inside_is_called_for_the_operator_only(run, receiver, consenting):
    words = ("--vendor", "webhook", "--set", f"address={receiver.address.replace('http:', 'https:')}")
    run("crm", "connect", "hook", *words, "--set", f"secret={receiver.secrets[0]}")
    consenting()
    assert "127.0.0.1 is not a public address" in run("crm", "push", "--connection", "hook").output
    assert receiver.received == []
