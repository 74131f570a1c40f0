"""Messages of CRMs: taken only when they are genuine, fresh and new; and then they only have records read again."""

import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa

from portal import clock
from portal.activity.models import Entry
from portal.crm_bridge import connecting
from portal.crm_bridge.calling.signing import new_secret, signed
from portal.crm_bridge.embedded.filling import fill
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmLink
from portal.crm_bridge.pulling import cli, echoing, rereading
from portal.crm_bridge.pulling.models import CrmHeard, CrmReread
from portal.crm_bridge.sealing import seal
from portal.database import db
from tests.crm_bridge.conftest import Bridge

HUB_SECRET = "app-secret-of-hubspot"


def at(ago):
    """A message is fresh for minutes, so its time is that of sending, not of loading this file."""
    return datetime.now(UTC).replace(microsecond=0) - ago


def standard(secret, body, ago=timedelta(), name="msg-1", path=""):
    return signed([secret], name, at(ago), body)


def bottle(secret, body, ago=timedelta(), name="", path=""):
    stamp = str(int(at(ago).timestamp()))
    sign = hmac.new(secret.encode(), stamp.encode() + b"." + body, sha256).hexdigest()
    return {"X-BottleCRM-Signature": f"t={stamp},v1={sign}"}


def hubspot(secret, body, ago=timedelta(), name="", path="/crm/hooks/crm"):
    stamp = str(int(at(ago).timestamp()) * 1_000)
    text = b"POST" + path.encode() + body + stamp.encode()
    sign = b64encode(hmac.new(secret.encode(), text, sha256).digest()).decode()
    return {"X-HubSpot-Signature-v3": sign, "X-HubSpot-Request-Timestamp": stamp}


SENDERS = {
    "salesforce": (standard, new_secret(), {"object": "Account", "ids": ["001A", "001B"]}, {"001A", "001B"}),
    "dataverse": (standard, new_secret(), [{"type": "account.changed", "data": {"id": "001A"}}], {"001A"}),
    "bottlecrm": (
        bottle,
        "whsec_of-bottle",
        {"id": "e1", "event": "account.updated", "data": {"id": "a-1"}},
        {"a-1"},
    ),
    "hubspot": (
        hubspot,
        HUB_SECRET,
        [
            {"objectId": 7, "subscriptionType": "company.propertyChange", "propertyName": "industry"},
            {"primaryObjectId": 8, "mergedObjectIds": [9], "objectTypeId": "0-2"},
            {"objectId": 10, "subscriptionType": "ticket.creation"},
        ],
        {"7", "8", "9"},
    ),
}


@pytest.fixture(params=SENDERS)
def sender(request, app, settings):
    """A connection that takes messages: how they are signed, with what, what one says, and whose ids those are."""
    sign, secret, body, ids = SENDERS[request.param]
    sealed = seal("crm", {"hook_secret": secret, "token": "x"}, settings.signing_key())
    db.session.add(CrmConnection(name="crm", vendor=request.param, settings={}, sealed=sealed))
    db.session.commit()
    return sign, secret, json.dumps(body).encode(), ids


@pytest.fixture
def post(app):
    client = app.test_client()

    def posted(body, headers, path="/crm/hooks/crm"):
        return client.post(path, data=body, headers=headers, content_type="application/json")

    return posted


def waiting():
    return set(db.session.scalars(sa.select(CrmReread.remote_id)))


def test_a_genuine_message_has_records_read_again_and_is_taken_once(sender, post, rows):
    sign, secret, body, ids = sender
    headers = sign(secret, body)
    answers = [post(body, headers) for _ in range(3)]
    assert [(each.status_code, each.data) for each in answers] == [(204, b"")] * 3
    assert waiting() == ids
    assert set(db.session.scalars(sa.select(CrmReread.marks))) == {1}
    assert rows(Entry) == 0


def test_none_is_taken_that_is_stale_changed_or_of_somebody_else_and_no_answer_tells_why(sender, post, rows):
    sign, secret, body, _ = sender
    other = new_secret() if sign is standard else "another"
    fine = sign(secret, body)
    forged = {
        "too old": (body, sign(secret, body, timedelta(minutes=6))),
        "of the future": (body, sign(secret, body, -timedelta(minutes=6))),
        "another secret": (body, sign(other, body)),
        "changed on the way": (body + b" ", fine),
        "not signed": (body, {}),
        "signed with nothing": (body, dict.fromkeys(fine, "")),
        "odd signs": (body, dict.fromkeys(fine, "é=,\u00fft=1,v1=")),
        "too large": (b" " * 300_000, sign(secret, b" " * 300_000)),
        "no JSON": (b"\xff{", sign(secret, b"\xff{")),
        "deep": (b"[" * 100_000, sign(secret, b"[" * 100_000)),
    }
    said = {name: post(*each) for name, each in forged.items()}
    said["no connection"] = post(body, fine, "/crm/hooks/nowhere")
    said["odd connection"] = post(body, fine, "/crm/hooks/%00")
    assert {(each.status_code, each.data) for each in said.values()} == {(400, b"Not accepted.\n")}
    assert (rows(CrmReread), rows(CrmHeard)) == (0, 0)


def test_odd_bodies_that_are_genuine_are_read_as_far_as_they_make_sense(sender, post):
    sign, secret, *_ = sender
    odd = [None, 7, "x", [], {}, {"object": "Account", "ids": [None, {}, "a\x00b", "x" * 500]}, [[1]]]
    for number, each in enumerate(odd):
        body = json.dumps(each).encode()
        assert post(body, sign(secret, body, name=f"odd-{number}")).status_code == 204
    assert waiting() == set()


def test_a_connection_without_a_secret_or_with_nothing_to_read_takes_nothing(app, settings, post, store):
    body = json.dumps({"object": "Account", "id": "1"}).encode()
    secret = new_secret()
    connecting.make_default()
    sealed = seal("hook", {"secret": secret, "hook_secret": secret}, settings.signing_key())
    db.session.add(CrmConnection(name="hook", vendor="webhook", settings={}, sealed=sealed))
    db.session.commit()
    for name in (DEFAULT, "hook"):
        assert post(body, standard(secret, body), f"/crm/hooks/{name}").status_code == 400


def test_what_we_wrote_comes_back_three_times_by_message_and_by_poll_and_writes_nothing(
    app, settings, post, make, consenting, vote, store, rows
):
    """Nothing is read again for an echo, nothing changes here, and nothing is sent anew."""
    acme = make.company()
    vote(consenting(company=acme), make.idea())
    secret = new_secret()
    connecting.make_default()
    row = db.session.get_one(CrmConnection, DEFAULT)
    row.sealed = seal(DEFAULT, {"hook_secret": secret}, settings.signing_key())
    db.session.commit()
    with connecting.opened(connecting.find(DEFAULT), settings) as gateway:
        db.session.rollback()
        bridge = Bridge(gateway)
        assert bridge.push()["created"] == 3
        ids = fill(store, "account", {f"company:{acme.id}": {"tier": "Gold"}})
        list(cli.pull(connecting.find(DEFAULT), settings))
        link = db.session.scalars(sa.select(CrmLink).where(CrmLink.entity == "company")).one()
        assert link.remote_id == ids[f"company:{acme.id}"]
        before = rows(Entry)
        for turn in range(3):
            body = json.dumps({"object": "account", "ids": [link.remote_id]}).encode()
            assert (
                post(body, standard(secret, body, name=f"echo-{turn}"), f"/crm/hooks/{DEFAULT}").status_code
                == 204
            )
            list(cli.pull(connecting.find(DEFAULT), settings))
        assert (rows(Entry), rows(CrmReread)) == (before, 0)
        counts = bridge.push()
        assert (counts["created"], counts["updated"]) == (0, 0)


def test_an_echo_is_told_by_object_field_and_value_for_a_day(app, make):
    acme = make.company()
    connecting.make_default()
    written = {"name": "Acme", "votes": 3, "top_ideas": None}
    link = {"connection": DEFAULT, "entity": "company", "entity_id": acme.id, "remote_type": "account"}
    db.session.add(CrmLink(**link, remote_id="7", state="done", last_fields=written, synced_at=clock.now()))
    db.session.commit()

    def left(field, value, id_="7"):
        notice = echoing.Notice("account", id_, field, value)
        return bool(echoing.without_echoes(DEFAULT, [notice]))

    assert not left("community_votes", "3")
    assert not left("Community_Top_Ideas__c", "")
    assert left("community_votes", "4")
    assert left("community_votes", "3", "8")
    assert left("industry", "3")
    assert left("", None)
    with clock.at(clock.now() + timedelta(hours=25)):
        assert left("community_votes", "3")


def test_ids_are_forgotten_when_no_message_of_that_age_is_taken(sender, post, rows):
    sign, secret, body, _ = sender
    db.session.add(CrmHeard(connection="crm", message_id="old", at=at(timedelta(hours=2))))
    db.session.commit()
    post(body, sign(secret, body))
    assert rows(CrmHeard) == 1
    assert rereading.connections_with_some() == ["crm"]
